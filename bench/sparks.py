# SPDX-License-Identifier: Apache-2.0
"""Spark on this machine: a DataFrame to the service, and to its own sink that drops everything."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from findings import Finding, at_least
from measure import Place, facts, fail, process
from servers import Sinks

ROWS = 200_000
ROUNDS = 3
NOOP, JSON = "noop sink of Spark", "column of JSON"
WAYS = {
    "noop": NOOP,
    "json": JSON,
    "json_each": "... with dead letters",
    "json_id": "... with id.column",
    "arrow": "columns, by Arrow",
    "rows": "columns, by rows",
}


@dataclass(frozen=True)
class Sparks:
    """Rows a second, write by write, and how long an object is."""

    rates: dict[str, list[float]]
    size: int


def measure_sparks(place: Place, python: Path, sinks: Sinks) -> Sparks:
    settings = {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(python)}
    its = replace(place, python=str(python), environment=place.environment | settings)
    command = [*its.command("spark_write.py"), str(its.objects), str(ROWS), str(ROUNDS)]
    with sinks.start() as server:
        printed, _ = process(command, its.environment | server.settings())
        sent = ROWS * (ROUNDS + 1) * (len(WAYS) - 1)
        if (arrived := server.objects()) != sent:
            fail(f"Spark wrote {sent} rows, but {arrived} objects arrived")
    said = facts(printed)
    rates = {
        label: [ROWS / float(seconds) for seconds in said[way].split(",")]
        for way, label in WAYS.items()
    }
    return Sparks(rates, int(said["bytes"]))


def judge_sparks(sparks: Sparks) -> Iterator[Finding]:
    yield at_least("Spark: rows of a column of JSON", median(sparks.rates[JSON]), 100_000, "/s")
