#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds dist/*.deb for the Debian that this machine runs: libdatapanel1, libdatapanel-dev and
# datapanel.
source "$(dirname "$0")/common.sh"
need_command dh debhelper
need_command dpkg-buildpackage dpkg-dev
version=$(version_of_library)
work=build/deb

rm -rf $work dist/*.deb
mkdir -p $work/source dist
cp -r packaging/debian $work/source/
cp -r examples-c $work/source/
maintainer=$(sed -n 's/^Maintainer: //p' packaging/debian/control)
# The date is that of the last commit, so that a package of the same sources is the same.
cat >$work/source/debian/changelog <<LOG
datapanel ($version-1) unstable; urgency=medium

  * What changed is in changelog.gz, beside this file.

 -- $maintainer  $(date --rfc-email --date="@$(git log -1 --format=%ct)")
LOG
cp CHANGELOG.md $work/source/CHANGELOG
(cd $work/source && ROOT=$root dpkg-buildpackage --build=binary --no-sign --no-check-builddeps) \
    >$work/build.log 2>&1 || {
    tail -20 $work/build.log >&2
    fail "the packages could not be built; all of it is in $work/build.log"
}
cp $work/*.deb dist/
say dist/*.deb
