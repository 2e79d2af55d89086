#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Prints the program that stands in the opening comment of datapanel.h.
source "$(dirname "$0")/common.sh"

sed -n -e '/^ \*\/$/q' -e '/^ \*     #include/,/^ \*     }$/s/^ \*\( \{5\}\)\{0,1\}//p' \
    include/datapanel.h
