#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs test programs, each against an emulator of its own, and counts.
# Usage: EMULATOR=path [RUNNER=command] [DEADLINE=seconds] run.sh PROGRAM...
set -uo pipefail

: "${EMULATOR:?must be the path of datapanel-emulator}"
if [[ ! -x $EMULATOR ]]; then
    echo "run.sh: there is no program $EMULATOR; build it, or set EMULATOR" >&2
    exit 2
fi
read -ra runner <<<"${RUNNER:-}"
deadline=${DEADLINE:-600}
emulator=
passed=0
failed=0

# The identities that the emulator has built in. No other variable that begins
# with DATAPANEL_ may be there: the library takes it for a mistyped setting.
while IFS= read -r name; do unset "$name"; done < <(compgen -e DATAPANEL_)
export DATAPANEL_PROJECT_ID=0123456789abcdef0123456789abcdef
export DATAPANEL_WORKSPACE_ID=6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11
export DATAPANEL_AUTH_TOKEN=emulator-token

stop_emulator() {
    [[ -n $emulator ]] || return 0
    kill "$emulator" 2>/dev/null
    wait "$emulator" 2>/dev/null
    exec {lines}<&-
    emulator=
}
trap stop_emulator EXIT
trap 'exit 130' INT TERM

# Its first line is its address; the rest stays in the pipe.
start_emulator() {
    exec {lines}< <(exec "$EMULATOR" --port 0)
    emulator=$!
    if ! IFS= read -r -t 30 -u "$lines" DATAPANEL_ENDPOINT; then
        echo "run.sh: $EMULATOR told no address within 30 seconds" >&2
        exit 2
    fi
    export DATAPANEL_ENDPOINT
}

for program in "$@"; do
    name=${program##*/}
    start_emulator
    line=$(timeout -k 10 "$deadline" ${runner[@]+"${runner[@]}"} "$program")
    status=$?
    stop_emulator
    if ((status == 0)) && [[ $line == "ok - "* ]]; then
        echo "ok $name - ${line#ok - }"
        passed=$((passed + 1))
    elif ((status == 124 || status == 137)); then
        echo "not ok $name - not done after $deadline seconds"
        failed=$((failed + 1))
    else
        echo "not ok $name - status $status, ${line:-no result}"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
