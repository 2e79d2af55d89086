#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# build-libcurl.sh FOLDER: builds the distribution's own libcurl there, with its patches, and with
# HTTP and HTTPS only, for wheels: they carry what it needs, which is then OpenSSL and nothing else.
source "$(dirname "$0")/common.sh"
[[ -e $1/lib/libcurl.so.4 ]] && exit
need_command gcc gcc
need_command dpkg-source dpkg-dev

mkdir -p "$1/source"
folder=$(cd "$1" && pwd)
cd "$folder/source"

# The sources come from where the packages come from, through lists of our own: those of the machine
# stay as they are.
apt_source() { # ARGUMENT...
    apt-get -qq -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/apt/sources" \
        -o Dir::State::Lists="$folder/apt/lists" -o Dir::Cache="$folder/apt/cache" \
        -o APT::Sandbox::User= "$@"
}
mkdir -p "$folder"/apt/{sources,lists/partial,cache}
if [[ -e /etc/apt/sources.list.d/debian.sources ]]; then
    sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources \
        >"$folder/apt/sources/debian.sources"
else
    sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$folder/apt/sources/debian.list"
fi
apt_source update
version=$(dpkg-query --show --showformat='${source:Version}' libcurl4)
# Where only a newer one is left, that has the same interface.
apt_source source --download-only "curl=$version" || apt_source source --download-only curl
rm -rf curl
dpkg-source --no-check --extract curl_*.dsc curl >/dev/null

cd curl
# The names that the distribution's own build gives its symbols, for they are what we link with.
sed -i 's/^CURL_@.*/CURL_OPENSSL_4/' lib/libcurl.vers.in
say "building libcurl $(dpkg-parsechangelog --show-field Version)"
{
    ./configure --prefix="$folder" --disable-static --with-openssl --enable-versioned-symbols \
        --enable-threaded-resolver --enable-ipv6 --without-ca-bundle --without-ca-path \
        --disable-{dict,file,ftp,gopher,imap,ldap,ldaps,mqtt,pop3,rtsp,smb,smtp,telnet,tftp} \
        --disable-{alt-svc,cookies,doh,hsts,manual,netrc,ntlm,ntlm-wb,unix-sockets,websockets} \
        --without-{brotli,gssapi,libidn2,libpsl,librtmp,libssh,libssh2,nghttp2,zlib,zstd}
    make -j"$(nproc)" -C lib install
} >"$folder/build.log" 2>&1 || {
    tail -20 "$folder/build.log" >&2
    fail "libcurl could not be built; all of it is in $1/build.log"
}
cd "$folder"
rm -rf source apt
