#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds build/fuzz/datapanel-fuzz: the engine and the targets of Tests/fuzz/ in one module, with
# libFuzzer and AddressSanitizer. Optimised, because ten million inputs take their time, and yet
# with every check of a debug build, such as that an index lies within its buffer.
source "$(dirname "$0")/common.sh"
scripts/tools.sh

mkdir -p build/fuzz
# The command's reader of dead letters is in it, too, and in this module needs no import of another.
sed 's/^import Datapanel$/import CPosix/' Sources/datapanel-cli/DeadLetters/Letter.swift \
    >build/fuzz/Letter.swift
mapfile -t files < <(
    find Sources/Datapanel Tests/fuzz build/fuzz/Letter.swift -name '*.swift' | sort)
includes=()
for module in Sources/C{Curl,Jansson,Crypto,Machine,Posix} Tests/fuzz/CLibFuzzer; do
    includes+=(-I "$module")
done
swiftc -sanitize=fuzzer,address -O -whole-module-optimization -assert-config Debug \
    -parse-as-library -use-ld=lld -swift-version 6 -package-name datapanel \
    -module-name DatapanelFuzz -enable-upcoming-feature ExistentialAny \
    -enable-upcoming-feature InternalImportsByDefault \
    -enable-upcoming-feature MemberImportVisibility \
    "${includes[@]}" "${files[@]}" -o build/fuzz/datapanel-fuzz
