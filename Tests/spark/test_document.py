# SPDX-License-Identifier: Apache-2.0
"""The jobs in docs/SPARK.md do what stands there."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from cluster import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator
    from pyspark.sql import SparkSession

ROWS = 100


def test_jobs_of_the_document(spark: SparkSession, emulator: Emulator, tmp_path: Path) -> None:
    assert spark
    text = (ROOT / "docs" / "SPARK.md").read_text()
    batch, stream = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lake = tmp_path / "lake"
    (lake / "indicators").mkdir(parents=True)
    rows = [{"key": f"k{n}", "value": f"198.51.100.{n}", "type": "ip"} for n in range(ROWS)]
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (lake / "indicators" / "rows.json").write_text(lines)
    # Spark has a folder of its own that it was started in.
    for job in (batch, stream):
        its = job.replace("https://panel.example.com", emulator.url)
        its = its.replace('"lake/', f'"{lake}/').replace("PANEL_TOKEN", "DATAPANEL_AUTH_TOKEN")
        exec(compile(its, "docs/SPARK.md", "exec"), {})
    books = [json.loads(path.read_text()) for path in (lake / "ledger").glob("*.json")]
    assert [each["stored"] for each in books] == [ROWS, ROWS]
    assert emulator.stats()["objects"] == 2 * ROWS
    assert not (lake / "dead-letters").exists()
