# SPDX-License-Identifier: Apache-2.0
"""Stream the files of a folder to the data panel until there are no more: FOLDER OPTIONS."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from session import session

folder, options = Path(sys.argv[1]), json.loads(sys.argv[2])
spark = session("local[2]", folder / "scratch")
source = (
    spark.readStream.schema("key string, n long")
    .option("maxFilesPerTrigger", 1)
    .json(str(folder / "input"))
)
writer = source.writeStream.format("datapanel").outputMode("append").options(**options)
query = (
    writer.option("checkpointLocation", str(folder / "checkpoint"))
    .trigger(availableNow=True)
    .start()
)
query.awaitTermination()
print("query", query.id, flush=True)
