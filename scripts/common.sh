# SPDX-License-Identifier: Apache-2.0
# What every script here begins with: `source "$(dirname "$0")/common.sh"`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
# What is built and tested must not depend on the settings or the make flags of who runs it.
unset "${!DATAPANEL_@}" MAKEFLAGS MFLAGS

say() { printf '%s\n' "$@"; }
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# without_services COMMAND...: what it installs starts no service (see invoke-rc.d).
without_services() {
    local policy=/usr/sbin/policy-rc.d status=0
    if [[ -e $policy ]]; then
        "$@"
        return
    fi
    install -m 755 /dev/stdin $policy <<<$'#!/bin/sh\nexit 101'
    "$@" || status=$?
    rm -f $policy
    return $status
}

# need_packages PACKAGE...: installs Debian packages when we may, else says what to type.
need_packages() {
    local install=(apt-get install -y "$@")
    [[ $(id -u) == 0 ]] && type -P apt-get >/dev/null ||
        fail "missing: $*. Install them, on Debian or Ubuntu with: sudo ${install[*]}"
    say "installing $*"
    export DEBIAN_FRONTEND=noninteractive
    mkdir -p build
    { # one of us at a time
        flock "$apt_lock" && apt-get update -qq && without_services "${install[@]}" -qq
    } >/dev/null </dev/null {apt_lock}>build/apt.lock || fail "apt-get could not install $*"
    exec {apt_lock}>&-
}

# need_command COMMAND PACKAGE...: the command is there, or these packages bring it.
need_command() {
    type -P "$1" >/dev/null || need_packages "${@:2}"
}

# use_virtualenv FOLDER LIST: the packages of a requirements file, installed into an environment of
# their own that is kept for as long as the file stays as it is, come first on PATH.
use_virtualenv() {
    need_command python3 python3 python3-venv
    if ! cmp -s "$2" "$1/requirements.txt"; then
        python3 -c 'import ensurepip' 2>/dev/null || need_packages python3-venv
        say "making $1 with what $2 lists"
        python3 -m venv --clear "$1"
        timeout 600 "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2" ||
            fail "pip could not install what $2 lists; is PyPI within reach?"
        cp "$2" "$1/requirements.txt"
    fi
    export PATH=$PWD/$1/bin:$PATH
}

# need_test_tools: what the Swift tests put in front of the emulator.
need_test_tools() {
    PATH+=:/usr/sbin need_command nginx nginx-light
    need_command openssl openssl
}

# need_simdjson: what the library is compared with in bench/.
need_simdjson() {
    need_command g++ g++
    pkg-config --exists simdjson || need_packages libsimdjson-dev
}

# version_of_library: the version in the header, the only place that a human edits.
version_of_library() {
    sed -n 's/^#define DP_VERSION "\(.*\)"$/\1/p' include/datapanel.h
}

# swift_target_info KEY: a string of `swift -print-target-info`.
swift_target_info() {
    swift -print-target-info | sed -n "s/^ *\"$1\": \"\(.*\)\",\{0,1\}\$/\1/p"
}

# library_directory FLAVOUR: where `make lib FLAVOUR=...` puts its files.
library_directory() {
    case $1 in
        embedded) say build/lib ;;
        static) say build/static/lib ;;
        *) fail "FLAVOUR is embedded or static, not '$1'" ;;
    esac
}

# use_library FLAVOUR: what is compiled and run from here on finds this flavour of the library; the
# Python package and the tests have names of their own for it and for the emulator.
use_library() {
    local directory
    directory=$root/$(library_directory "$1")
    export PKG_CONFIG_PATH=$directory/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
    export LD_LIBRARY_PATH=$directory
    export DP_LIBRARY=$directory/libdatapanel.so.1
    export EMULATOR=$root/build/bin/datapanel-emulator
}

# repository_files PATTERN...: the files that are, or could be, committed.
repository_files() {
    git ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
        while read -r name; do [[ ! -e $name ]] || say "$name"; done
}
