#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh FLAVOUR: runs every test: Swift, and with this flavour of the library C and Python; all
# three even when one fails. The last line is the sum of what the runners themselves counted;
# build/log/test.txt keeps their closing lines with it.
source "$(dirname "$0")/common.sh"
scripts/tools.sh
need_test_tools
use_library "$1"
source scripts/python.sh
mkdir -p build/log
summary=build/log/test.txt
: >$summary
passed=0 failed=0 broken=()

# run NAME CLOSING COMMAND...: runs a test runner. CLOSING is an extended pattern of the line in
# which it tells how many tests it ran.
run() {
    local name=$1 closing=$2 log=build/log/test-$1.log line
    say "" "== $name tests"
    "${@:3}" </dev/null 2>&1 | tee "$log" || broken+=("$name tests failed: $log")
    line=$(grep -E "$closing" "$log" | tail -1) || broken+=("$name told no count of tests: $log")
    say "$name: $line" >>$summary
    good=$(number_before 'passed' "$line") bad=$(number_before 'failed|errors?' "$line")
    # Swift Testing closes with one number, that of all tests.
    if [[ $line == *"Test run with"* ]]; then
        bad=$(grep -E '^[^ ]+ Test .* failed after' "$log" | grep -cv 'Test run with') || true
        good=$(($(number_before 'tests?' "$line") - bad))
    fi
    passed=$((passed + good)) failed=$((failed + bad))
}
# number_before WORD LINE: the sum of the numbers in front of a word, 0 when there is none.
number_before() {
    { grep -oE "[0-9]+ ($1)\b" <<<"$2" || true; } | awk '{ sum += $1 } END { print sum + 0 }'
}

run Swift 'Test run with [0-9]+ test' swift test --disable-xctest
run C '[0-9]+ passed' make --no-print-directory -C Tests/c check BUILD="$root/build/tests-c"
run Python '[0-9]+ passed|[0-9]+ failed' env -C python pytest --color=no

say "$passed passed, $failed failed" >>$summary
printf '%s\n' "" "${broken[@]}"
cat $summary
[[ ${#broken[@]} == 0 && $failed == 0 && $passed -gt 0 ]]
