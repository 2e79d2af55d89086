#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build-manual.sh COMMAND...: makes of what the commands in build/bin tell of themselves their
# manual pages and completions, in build/share.
source "$(dirname "$0")/common.sh"
need_command python3 python3

mkdir -p build/share
for name; do
    command=build/bin/$name
    $command --experimental-dump-help |
        scripts/manual.py "$(version_of_library)" "$(date -u -r CHANGELOG.md +%F)" \
            >build/share/"$name.1"
    for shell in bash zsh fish; do
        $command --generate-completion-script $shell >build/share/"$name.$shell"
    done
done
