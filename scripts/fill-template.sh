#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fill-template.sh TEMPLATE FOLDER LIBDIR INCLUDEDIR: prints a template of packaging/ for a file
# that will stand in FOLDER. Its paths count from there, so an installed tree can be moved.
source "$(dirname "$0")/common.sh"

from_folder() { realpath --canonicalize-missing --no-symlinks --relative-to="$folder" "$1"; }
folder=$2
sed -e "s|@version@|$(version_of_library)|" \
    -e "s|@libdir@|$(from_folder "$3")|" -e "s|@includedir@|$(from_folder "$4")|" "packaging/$1"
