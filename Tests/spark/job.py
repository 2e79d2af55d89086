# SPDX-License-Identifier: Apache-2.0
"""Write a DataFrame of so many rows: MASTER SCRATCH ROWS PARTITIONS OPTIONS."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import functions as F
from session import session

master, scratch, rows, parts, options = sys.argv[1:]
spark = session(master, Path(scratch), spark_executor_memory="512m", spark_executor_cores="1")
(
    spark.range(0, int(rows), 1, int(parts))
    .select(
        F.concat(F.lit("indicator-"), "id").alias("id"),
        F.concat(F.lit("198.51.100."), F.col("id") % 256).alias("value"),
        F.struct(F.lit("ip").alias("kind"), (F.col("id") % 100).alias("confidence")).alias(
            "details"
        ),
        F.col("id").alias("n"),
    )
    .write.format("datapanel")
    .options(**json.loads(options))
    .mode("append")
    .save()
)
spark.stop()
