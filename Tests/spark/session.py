# SPDX-License-Identifier: Apache-2.0
"""Sessions of Spark that say little and stay on the loopback interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from pathlib import Path


def session(master: str, scratch: Path, **more: str) -> SparkSession:
    """Return a session; the options have `_` for `.`."""
    builder = SparkSession.builder.master(master).appName("datapanel")
    mine = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.local.dir": str(scratch),
        "spark.sql.warehouse.dir": str(scratch / "warehouse"),
    }
    for key, value in {
        **mine,
        **{name.replace("_", "."): text for name, text in more.items()},
    }.items():
        builder = builder.config(key, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made
