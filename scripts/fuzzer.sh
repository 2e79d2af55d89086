# SPDX-License-Identifier: Apache-2.0
# For `source`: how the fuzzer is run.

fuzzer=build/fuzz/datapanel-fuzz
# shellcheck disable=SC2034 # of use to those who read this file
targets=(scanner reply error head config setting builder part found spool letter)

# Without the first two a trap hangs in a symbolizer; a small quarantine is enough for inputs this
# short. The rest is for the same seed to find the same inputs: hashes, the places of code and
# stack, and the size of the environment lead it elsewhere. Some containers forbid setarch.
run_fuzzer=(env -i SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=symbolize=0:quarantine_size_mb=16
    SWIFT_DETERMINISTIC_HASHING=1 LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" "$fuzzer")
! setarch --addr-no-randomize true 2>/dev/null ||
    run_fuzzer=(setarch --addr-no-randomize "${run_fuzzer[@]}")

# fuzz NAME TARGET OPTION...: runs the fuzzer on a target and the inputs that are kept for it. What
# it prints goes to build/log/fuzz-NAME.log, new inputs to build/fuzz/new/NAME, and an input that
# is a finding to build/fuzz/findings/. Prints what was counted: "TARGET: N inputs, M accepted".
fuzz() {
    local name=$1 target=$2 log=build/log/fuzz-$1.log new=build/fuzz/new/$1
    mkdir -p build/log build/fuzz/findings "$new"
    if ! "${run_fuzzer[@]}" "--target=$target" -reload=0 "${@:3}" \
        -artifact_prefix="build/fuzz/findings/$name-" "$new" "Tests/fuzz/corpus/$target" \
        >"$log" 2>&1 </dev/null; then
        grep -aE 'finding:|Fatal error:|ERROR:|SUMMARY:|Test unit written' "$log" || tail -20 "$log"
        fail "$target: a finding; all of it is in $log"
    fi
    grep -aE "^$target: [0-9]+ inputs, [0-9]+ accepted$" "$log"
}
