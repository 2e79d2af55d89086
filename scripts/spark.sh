# SPDX-License-Identifier: Apache-2.0
# For `source`: puts a Python with Spark first on PATH. Java has to be there already.

use_virtualenv build/venv-spark Tests/spark/requirements.txt
export PYTHONPATH=$PWD/python/src:$PWD/python/tests
