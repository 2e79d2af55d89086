# SPDX-License-Identifier: Apache-2.0
"""Writes a DataFrame with Spark on this machine, each way in turn: ROWS ROUNDS.

Says the bytes of an object, and of each way the seconds of all rounds but the first.
"""

import os
import sys
import time

from contender import TARGET
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

ROWS, ROUNDS = int(sys.argv[2]), int(sys.argv[3])
PARTS = 8

spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
rows = spark.range(0, ROWS, 1, PARTS).select(
    F.concat(F.lit("indicator-"), "id").alias("id"),
    F.concat(F.lit("198.51.100."), F.col("id") % 256).alias("value"),
    F.lit("Seen by the sensors of the edge, matched by rule 2648").alias("description"),
    F.struct(
        F.lit("edge-ids").alias("product_name"),
        F.lit("flow-rules").alias("product_feature"),
        F.lit("ap-southeast-3").alias("region_id"),
        (F.col("id") % 7).alias("source_type"),
    ).alias("data_source"),
    F.array(F.lit("botnet"), F.lit("c2")).alias("labels"),
    (F.col("id") % 100).alias("confidence"),
)
texts = rows.select("id", F.to_json(F.struct("*")).alias("json"))
options = {
    "target": TARGET,
    "endpoint": os.environ["DATAPANEL_ENDPOINT"],
    "project.id": os.environ["DATAPANEL_PROJECT_ID"],
    "workspace.id": os.environ["DATAPANEL_WORKSPACE_ID"],
    "batch.objects": "500",
}
json_column = {"json.column": "json"}
ways = {
    "noop": (texts, "noop", {}),
    "json": (texts, "datapanel", {**options, **json_column, "id.from": "object"}),
    "json_each": (
        texts,
        "datapanel",
        {
            **options,
            **json_column,
            "id.from": "object",
            "errors": "dead-letter",
            "errors.path": sys.argv[1] + ".letters",
        },
    ),
    "json_id": (
        rows.select("id", F.to_json(F.struct("value", "data_source", "labels")).alias("json")),
        "datapanel",
        {**options, **json_column, "id.column": "id"},
    ),
    "arrow": (rows, "datapanel", {**options, "id.column": "id"}),
    "rows": (rows, "datapanel", {**options, "id.column": "id", "transfer": "rows"}),
}
seconds: dict[str, list[float]] = {way: [] for way in ways}
for number in range(ROUNDS + 1):
    for way, (frame, sink, given) in ways.items():
        mode = "overwrite" if sink == "noop" else "append"
        began = time.perf_counter()
        frame.write.format(sink).options(**given).mode(mode).save()
        if number:
            seconds[way].append(time.perf_counter() - began)
size = texts.select(F.avg(F.octet_length("json"))).head()
print("bytes", round(size[0]) if size else 0)
for way, times in seconds.items():
    print(way, ",".join(map(str, times)))
