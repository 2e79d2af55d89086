#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# install.sh FOLDER PREFIX LIBDIR [DESTDIR]: installs the library built in FOLDER, its header, its
# pkg-config and CMake packages, and the commands that were built, with their manual pages and
# completions. What was put where is kept in PREFIX/share/datapanel/installed.txt; uninstall.sh
# works from that.
source "$(dirname "$0")/common.sh"

built=$1 prefix=$2 libdir=$3 destination=${4:-}
[[ $prefix == /* && $libdir == /* ]] ||
    fail "PREFIX and LIBDIR are absolute paths, not '$prefix' and '$libdir'"
[[ -z $destination ]] || mkdir -p "$destination"
record=$prefix/share/datapanel/installed.txt
[[ ! -e $destination$record ]] || scripts/uninstall.sh "$prefix" "$destination"

installed=()
make_folder_of() {
    local folder
    folder=$(dirname "$1")
    [[ ! -d $destination$folder ]] || return 0
    make_folder_of "$folder"
    mkdir "$destination$folder"
    installed+=("$folder/")
}
install_file() { # MODE SOURCE TARGET
    make_folder_of "$3"
    install -m "$1" "$2" "$destination$3"
    installed+=("$3")
}
install_template() { # TEMPLATE TARGET
    make_folder_of "$2"
    scripts/fill-template.sh "$1" "$(dirname "$2")" "$libdir" "$prefix/include" >"$destination$2"
    chmod 644 "$destination$2"
    installed+=("$2")
}

install_file 644 include/datapanel.h "$prefix/include/datapanel.h"
install_file 755 "$built/libdatapanel.so.1" "$libdir/libdatapanel.so.1"
ln -sf libdatapanel.so.1 "$destination$libdir/libdatapanel.so"
installed+=("$libdir/libdatapanel.so")
install_template datapanel.pc.in "$libdir/pkgconfig/datapanel.pc"
if [[ -e $built/libdatapanel.a ]]; then
    install_file 644 "$built/libdatapanel.a" "$libdir/libdatapanel.a"
    install_template datapanel-static.pc.in "$libdir/pkgconfig/datapanel-static.pc"
fi
for name in datapanel-config.cmake datapanel-config-version.cmake; do
    install_template $name.in "$libdir/cmake/datapanel/$name"
done
for name in datapanel datapanel-emulator; do
    [[ -e build/bin/$name ]] || continue
    scripts/build-manual.sh $name
    install_file 755 build/bin/$name "$prefix/bin/$name"
    install_file 644 build/share/$name.1 "$prefix/share/man/man1/$name.1"
    completions=$prefix/share/bash-completion/completions/$name
    install_file 644 build/share/$name.bash "$completions"
    install_file 644 build/share/$name.zsh "$prefix/share/zsh/site-functions/_$name"
    completions=$prefix/share/fish/vendor_completions.d/$name.fish
    install_file 644 build/share/$name.fish "$completions"
done
make_folder_of "$record"
printf '%s\n' "${installed[@]}" "$record" >"$destination$record"

# The loader's cache, when the library went where the loader looks.
[[ -n $destination || $(id -u) != 0 ]] || ldconfig
say "installed libdatapanel $(version_of_library) below $destination$prefix"
