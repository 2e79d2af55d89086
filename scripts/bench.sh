#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares the library that is built with the other ways to do its work: bench.sh FLAVOUR [TABLE]...
source "$(dirname "$0")/common.sh"
need_command python3 python3
need_command openssl openssl # the certificate of the server that all are measured against
need_command java openjdk-17-jre-headless
need_simdjson
use_virtualenv build/venv-spark Tests/spark/requirements.txt
use_virtualenv build/venv-bench bench/requirements.txt # what Python programs use in our place
use_library "$1"
exec bench/run "${@:2}"
