#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test-sanitized.sh SANITIZER GATE: runs the Swift tests under address or thread.
source "$(dirname "$0")/common.sh"
scripts/tools.sh
need_test_tools

log=build/log/swift-$2.log
mkdir -p build/log
# A test asks for more memory than there is: the allocator shall say no, as it does without.
export ASAN_OPTIONS=allocator_may_return_null=1 TSAN_OPTIONS=allocator_may_return_null=1
# Optimized, the tests take a quarter of the time; but what an optimized program still holds at its
# exit passes for leaked.
options=()
if [[ $1 == thread ]]; then options=(-Xswiftc -O); fi
swift test --disable-xctest --sanitize="$1" "${options[@]}" --scratch-path ".build/$2" 2>&1 |
    tee "$log"
count=$(grep -oE 'Test run with [0-9]+ tests? .* passed' "$log") || fail "no test was counted"
say "$2: ok, ${count,}"
