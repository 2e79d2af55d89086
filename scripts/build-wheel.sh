#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds dist/*.whl, which needs nothing but Python and the C library of the system, and an sdist.
source "$(dirname "$0")/common.sh"
work=build/wheel
scripts/build-libcurl.sh $work/libcurl
use_virtualenv $work/tools packaging/wheel/requirements.txt

rm -rf $work/{package,dist} dist/*.{whl,tar.gz}
mkdir -p $work/package dist
cp -r python/src python/pyproject.toml python/README.md LICENSE $work/package/
for library in libcurl4 libssl3 libjansson4; do
    cp /usr/share/doc/$library/copyright $work/package/LICENSE.$library
done
cd $work/package
python -m build --sdist --outdir "$root/dist" . >build.log
cp "$root/build/lib/libdatapanel.so.1" src/datapanel/
python -m build --wheel --outdir ../dist \
    --config-setting=--build-option=--plat-name="linux_$(uname -m)" . >>build.log
cd "$root"
# Copies the libraries that it needs into the wheel, and finds out how old a C library may be.
LD_LIBRARY_PATH=$root/$work/libcurl/lib \
    auditwheel repair --strip --wheel-dir dist \
    $work/dist/*.whl 2>$work/auditwheel.log || fail "see $work/auditwheel.log"
say dist/*.{whl,tar.gz}
