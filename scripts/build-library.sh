#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds one flavour of the library, with everything that a program needs to link with it:
#   build-library.sh embedded   compiled as Embedded Swift; needs no Swift runtime. What we ship.
#   build-library.sh static     ordinary Swift with its runtime linked in: megabytes, and the way
#                               out should the compiler's experimental mode ever fail us.
source "$(dirname "$0")/common.sh"

scripts/tools.sh
flavour=${1:-embedded}
output=$(library_directory "$flavour")
scratch=.build/$flavour
soname=libdatapanel.so.1

options=(-c release --product datapanel --scratch-path "$scratch" --disable-local-rpath)
# The toolchain's own linker, so that the result does not depend on the system's. SwiftPM adds
# --gc-sections; a section for each function lets it take away what nobody calls.
options+=(-Xswiftc -use-ld=lld -Xswiftc -Xfrontend -Xswiftc -function-sections)
# Of 312 KB it made 286; the scanner of JSON asks for speed all the same.
options+=(-Xswiftc -Osize)
link=(
    --version-script="$root/Sources/DatapanelABI/exports.map" -soname="$soname" --build-id=sha1
    -z defs         # a missing symbol fails here, not in the program of a user
    -z now -z relro # no writable jump table
    -z nodelete     # libcurl and OpenSSL leave hooks behind that outlive a dlclose
    --as-needed -lm
)
if [[ $flavour == embedded ]]; then
    export DATAPANEL_EMBEDDED=1
    # Calls of a function that does nothing there: of 207 KB it makes 198.
    options+=(-Xswiftc -enforce-exclusivity=unchecked)
    # Hashes for a cache that we do not have, 3 KB, and tables for exceptions that nobody throws,
    # 8 KB; those were there for one function in six only.
    options+=(-Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen)
    options+=(-Xcc -fno-asynchronous-unwind-tables -Xcc -fno-unwind-tables)
    # A frame for profilers is kept where there are calls below; without the others, 2.6 KB less.
    options+=(-Xcc -momit-leaf-frame-pointer)
    # One copy of functions with the same code, 4 KB less: nobody compares their addresses.
    link+=(--icf=all)
else
    options+=(-Xswiftc -static-stdlib)
fi
for argument in "${link[@]}"; do options+=(-Xlinker "$argument"); done

# pkg-config finds the library where it was built, too: PKG_CONFIG_PATH=build/lib/pkgconfig.
write_package() {
    scripts/fill-template.sh "$1.pc.in" "$root/$output/pkgconfig" "$root/$output" \
        "$root/include" >"$output/pkgconfig/$1.pc"
}

swift build "${options[@]}"

built=$scratch/release/libdatapanel.so
rm -rf "$output"
mkdir -p "$output/debug" "$output/pkgconfig"
objcopy --only-keep-debug "$built" "$output/debug/$soname.debug"
strip --strip-unneeded --remove-section=.comment -o "$output/$soname" "$built"
(cd "$output/debug" && objcopy --add-gnu-debuglink=$soname.debug ../$soname)
ln -s debug "$output/.debug" # where gdb and valgrind look
ln -s $soname "$output/libdatapanel.so"
write_package datapanel

# One object in which only dp_* can be seen, so that a program that links it statically meets no
# name of ours and none of another Embedded Swift library's. Section groups are dissolved: their
# signatures are names too, and a linker would merge them with a stranger's of the same name.
if [[ $flavour == embedded ]]; then
    object=$scratch/datapanel.o
    mapfile -t names < <(nm -D --defined-only -j --without-symbol-versions "$built")
    ld -r --force-group-allocation --gc-sections "${names[@]/#/--undefined=}" -o "$object" \
        "@$scratch/release/datapanel.product/Objects.LinkFileList"
    objcopy --wildcard --keep-global-symbol='dp_*' --strip-debug \
        --remove-section=.comment --remove-section='.swift1_autolink_entries' "$object"
    ar rcsD "$output/libdatapanel.a" "$object"
    write_package datapanel-static
fi
