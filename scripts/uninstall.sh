#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# uninstall.sh PREFIX [DESTDIR]: removes the files that install.sh wrote down, then the folders it
# had to make, unless something else has moved into them since.
source "$(dirname "$0")/common.sh"

prefix=$1 destination=${2:-}
record=$destination$prefix/share/datapanel/installed.txt
[[ -e $record ]] || fail "nothing is installed below $destination$prefix: there is no $record"

mapfile -t installed <"$record"
for ((index = ${#installed[@]} - 1; index >= 0; index--)); do
    path=$destination${installed[index]}
    case $path in
        */) rmdir --ignore-fail-on-non-empty "$path" ;;
        *) rm -f "$path" ;;
    esac
done
[[ -n $destination || $(id -u) != 0 ]] || ldconfig
say "removed libdatapanel from $destination$prefix"
