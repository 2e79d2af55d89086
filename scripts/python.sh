# SPDX-License-Identifier: Apache-2.0
# For `source`: puts a Python with the tools of .ci/requirements.txt first on PATH.

use_virtualenv build/venv .ci/requirements.txt
