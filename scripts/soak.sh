#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# soak.sh OBJECTS LOOPS: what takes too long for every day. A ledger of so many objects, with every
# fault that the emulator knows at one request in a hundred; each test with threads or forks, so
# many times; and connections cut at more places. Prints what it counted, and ends with
# "soak: ok, ..." or fails.
source "$(dirname "$0")/common.sh"
objects=$1 loops=$2
[[ $objects =~ ^[1-9][0-9]{5,}$ && $loops =~ ^[1-9][0-9]*$ ]] ||
    fail "whole numbers, OBJECTS at least 100000, as in: make soak OBJECTS=1000000 LOOPS=200"
scripts/tools.sh
need_test_tools
use_library embedded
(source scripts/python.sh) # makes the environment that several use at once
mkdir -p build/log
start=$SECONDS

swift build --build-tests >build/log/soak-build.log 2>&1 || fail "see build/log/soak-build.log"
swift_tests=$(swift build --show-bin-path)/datapanelPackageTests.xctest
# run_swift LOG OPTION...: runs Swift tests; the runner's last line says how many.
run_swift() {
    "$swift_tests" --testing-library swift-testing "${@:2}" >"build/log/$1" 2>&1 </dev/null &&
        grep -q 'Test run with [1-9].* passed' "build/log/$1" ||
        fail "$(grep -aE 'recorded an issue|rror:' "build/log/$1" | head -20)" \
            "all of it is in build/log/$1"
}

tenths=$((loops * 3 / 2 + 1))
minutes=$((tenths / 10)).$((tenths % 10))
say "== a producer at which everything goes wrong, $minutes minutes: beside all of the following"
(source scripts/python.sh && cd python && MINUTES=$minutes exec pytest --color=no --capture=no \
    tests/test_endurance.py) >build/log/soak-endurance.log 2>&1 &
endurance=$!
trap 'kill $endurance 2>/dev/null || true' EXIT

say "" "== the ledger: $objects objects"
# Half of them under each ambiguous.policy.
LEDGER_OBJECTS=$((objects / 2)) run_swift soak-ledger.log --filter LedgerTests
grep -A70 '^ledger, ' build/log/soak-ledger.log | grep -E '^(ledger,|  )'

stories=$((loops / 2 + 1))
say "" "== the log of a spool on disks that lose power or fail, $stories stories"
SPOOL_STORIES=$stories run_swift soak-spool.log --filter SpoolLogTests
grep -o -e 'power was lost in .*' -e 'Test run with .* passed after .*' build/log/soak-spool.log

say "" "== the Swift tests of a producer, $loops times"
run_swift soak-swift.log --filter EndToEndTests.ProducerTests --repetitions "$loops"
grep -o 'Test run with .* passed after .*' build/log/soak-swift.log

say "" "== the Python processes that end, fork or are interrupted, $loops times"
log=build/log/soak-python.log
(source scripts/python.sh && cd python && LOOPS=$loops pytest --color=no tests/test_processes.py) \
    >$log 2>&1 && grep -qE '[0-9]+ passed' $log || fail "$(tail -30 $log)" "all of it is in $log"
tail -1 $log

kills=$((loops * 5 / 3 + 1))
say "" "== kill -9 at random instants, $kills times with each spool.sync"
log=build/log/soak-kill.log
(source scripts/python.sh && cd python && KILLS=$kills pytest --color=no --capture=no \
    tests/test_spool.py -k kill) >$log 2>&1 && grep -qE '[0-9]+ passed' $log ||
    fail "$(tail -30 $log)" "all of it is in $log"
grep '^spool.sync = ' $log

places=$((loops / 20 + 1))
say "" "== the network before a producer, cut at $places times as many places"
log=build/log/soak-network.log
(source scripts/python.sh && cd python && LOOPS=$places pytest --color=no --capture=no \
    tests/test_network.py) >$log 2>&1 && grep -qE '[0-9]+ passed' $log ||
    fail "$(tail -30 $log)" "all of it is in $log"
grep '^faults: ' $log

say "" "== the C programs with threads or forks, $loops times each"
tests=$root/build/tests-c
make --no-print-directory -C Tests/c programs BUILD="$tests" >build/log/soak-c.log
mapfile -t programs < <(cd Tests/c && {
    grep -lE 'pthread_create|fork\(\)' test_*.c
    # Theirs is the thread of the producer.
    say test_producer_{free,events,signals}.c
} | sed 's/\.c$//' | sort -u)
# loop PROGRAM: runs it so many times, each with an emulator of its own.
loop() {
    local log=$root/build/log/soak-$1.log times
    times=$(yes "$tests/$1" | head -n "$loops") || true
    # shellcheck disable=SC2086 # a word for each time
    if Tests/c/run.sh $times >"$log" 2>&1 && grep -qx "$loops passed, 0 failed" "$log"; then
        say "$1: $loops passed, 0 failed"
    else
        grep -v '^ok' "$log"
        fail "$1 failed; all of it is in $log"
    fi
}
export -f loop say fail
export root tests loops
printf '%s\n' "${programs[@]}" | xargs -P "$(nproc)" -I{} bash -c 'loop {}' ||
    fail "soak: a program failed"

say "" "== the end of the $minutes minutes"
log=build/log/soak-endurance.log
wait $endurance && grep -qE '[0-9]+ passed' $log || fail "$(tail -30 $log)" "all of it is in $log"
trap - EXIT
grep '^endurance: ' $log

say "" "soak: ok, $objects objects with 0 lost, ${#programs[@]} C programs, the Swift tests and \
the Python processes $loops times each, $((SECONDS - start)) s"
