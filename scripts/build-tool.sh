#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build-tool.sh PRODUCT [NAME]: builds one command as build/bin/NAME. The Swift runtime is linked
# in, so that the command runs on machines without Swift; where it was built stays untold.
source "$(dirname "$0")/common.sh"

scripts/tools.sh
swift build -c release --product "$1" --scratch-path .build/tools --static-swift-stdlib \
    -Xswiftc -use-ld=lld -Xcc "-ffile-prefix-map=$root/="
mkdir -p build/bin
strip -o "build/bin/${2:-$1}" ".build/tools/release/$1"
