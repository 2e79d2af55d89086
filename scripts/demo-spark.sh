#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo-spark.sh FLAVOUR: a DataFrame of 100,000 rows goes from a Spark cluster on this machine to a
# local emulator; one of the two executors is killed on the way. Prints the ledger of the job, and
# what the emulator holds.
source "$(dirname "$0")/common.sh"
need_command java openjdk-17-jre-headless
source scripts/spark.sh
use_library "$1"
rm -rf build/demo-spark
mkdir -p build/demo-spark
exec timeout 300 python Tests/spark/demo.py "$root/build/demo-spark"
