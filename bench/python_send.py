# SPDX-License-Identifier: Apache-2.0
"""Hands objects over one by one as dicts: `Producer.send`. BENCH_ENCODER=json hides orjson."""

import os
import sys

if os.environ.get("BENCH_ENCODER") == "json":
    sys.modules["orjson"] = None  # type: ignore[assignment]

from contender import TARGET, batches, end
from datapanel import Producer

with Producer.from_environment(reports="failures") as producer:
    for batch in batches():
        for item in batch:
            producer.send(TARGET, item)
end(producer.stats()["objects_stored"])
