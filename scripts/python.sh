# SPDX-License-Identifier: Apache-2.0
# For `source`: puts a Python with the tools of .ci/requirements.txt first on PATH.

need_command python3 python3 python3-venv
if ! cmp -s .ci/requirements.txt build/venv/requirements.txt; then
    python3 -c 'import ensurepip' 2>/dev/null || need_packages python3-venv
    say "making build/venv with what checks the Python package"
    python3 -m venv --clear build/venv
    build/venv/bin/pip install --quiet --disable-pip-version-check -r .ci/requirements.txt
    cp .ci/requirements.txt build/venv/
fi
export PATH=$PWD/build/venv/bin:$PATH
