#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Checks what every build needs, and installs the C libraries when they are missing and we may.
source "$(dirname "$0")/common.sh"

oldest=6.3
get="get it from https://www.swift.org/install/linux and put its usr/bin on PATH"
type -P swift >/dev/null || fail "no 'swift' on PATH: Swift $oldest or later is needed; $get"
version=$(swift_target_info compilerVersion | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
[[ $(printf '%s\n' "$oldest" "$version" | sort -V | head -1) == "$oldest" ]] ||
    fail "Swift ${version:-of unknown version} is too old: $oldest or later is needed; $get"

missing=()
type -P pkg-config >/dev/null || missing+=(pkg-config)
for library in libcurl:libcurl4-openssl-dev jansson:libjansson-dev openssl:libssl-dev \
    sqlite3:libsqlite3-dev zlib:zlib1g-dev; do
    pkg-config --exists "${library%%:*}" 2>/dev/null || missing+=("${library##*:}")
done
[[ ${#missing[@]} == 0 ]] || need_packages "${missing[@]}"
