#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs test programs, each against an emulator of its own, and counts.
# Usage: EMULATOR=path [RUNNER=command] [DEADLINE=seconds] [JOBS=programs at once]
#        run.sh PROGRAM...
set -uo pipefail

: "${EMULATOR:?must be the path of datapanel-emulator}"
if [[ ! -x $EMULATOR ]]; then
    echo "run.sh: there is no program $EMULATOR; build it, or set EMULATOR" >&2
    exit 2
fi
export RUNNER=${RUNNER:-} DEADLINE=${DEADLINE:-600}

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

# run PROGRAM: prints one line, which begins with "ok" or "not ok".
run() {
    local name=${1##*/} emulator='' runner line status
    trap stop_emulator EXIT
    trap 'exit 130' INT TERM
    read -ra runner <<<"$RUNNER"
    start_emulator
    line=$(timeout -k 10 "$DEADLINE" ${runner[@]+"${runner[@]}"} "$1")
    status=$?
    stop_emulator
    if ((status == 0)) && [[ $line == "ok - "* ]]; then
        echo "ok $name - ${line#ok - }"
    elif ((status == 124 || status == 137)); then
        echo "not ok $name - not done after $DEADLINE seconds"
    else
        echo "not ok $name - status $status, ${line:-no result}"
    fi
}
export -f start_emulator stop_emulator run

passed=0
# shellcheck disable=SC2016 # it is the other bash that expands it
while IFS= read -r line; do
    echo "$line"
    [[ $line != "ok "* ]] || passed=$((passed + 1))
done < <(printf '%s\n' "$@" | xargs -P "${JOBS:-1}" -I{} bash -c 'run "$1"' run {})
echo "$passed passed, $(($# - passed)) failed"
((passed == $# && passed > 0))
