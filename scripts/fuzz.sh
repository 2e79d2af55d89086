#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh MINUTES [TARGET]: fuzzes every target for its share of the time on all cores, or one
# target on all cores with a seed of its own on each. What was found before is gone on from.
source "$(dirname "$0")/common.sh"
source scripts/fuzzer.sh

minutes=$1 cores=$(nproc)
[[ $minutes =~ ^[1-9][0-9]*$ ]] || fail "MINUTES is a whole number, as in: make fuzz MINUTES=5"
if [[ -n ${2:-} ]]; then
    [[ " ${targets[*]} " == *" $2 "* ]] || fail "TARGET is one of: ${targets[*]}; not '$2'"
    targets=()
    for ((core = 0; core < cores; core++)); do targets+=("$2"); done
fi
rounds=$(((${#targets[@]} + cores - 1) / cores))
seconds=$((minutes * 60 / rounds))
say "fuzzing ${#targets[@]} times $seconds seconds, $cores at a time"

status=0 running=0
for index in "${!targets[@]}"; do
    if ((running == cores)); then
        wait -n || status=1
        running=$((running - 1))
    fi
    fuzz "${targets[index]}-$((index % cores))" "${targets[index]}" -max_len=4096 \
        -max_total_time="$seconds" -seed="$((RANDOM * 32768 + RANDOM + 1))" &
    running=$((running + 1))
done
while ((running-- > 0)); do wait -n || status=1; done
[[ $status == 0 ]] || fail "the inputs are in build/fuzz/findings; Tests/fuzz/README.md says how on"
