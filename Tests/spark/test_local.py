# SPDX-License-Identifier: Apache-2.0
"""A DataFrame lands in the data panel, each row at least once and each under one id."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pyspark.sql import functions as F
from pyspark.taskcontext import TaskContext

if TYPE_CHECKING:
    from emulator import Emulator
    from pyspark.sql import DataFrame, SparkSession

ROWS = 6000
PARTS = 4


def frame(spark: SparkSession, rows: int = ROWS) -> DataFrame:
    """Rows with nested columns, in partitions of consecutive numbers."""
    return spark.range(0, rows, 1, PARTS).select(
        F.concat(F.lit("k"), "id").alias("key"),
        F.col("id").alias("n"),
        F.struct(F.lit('"ü}').alias("x"), F.array(F.lit(1), F.lit(2)).alias("list")).alias("inner"),
        F.create_map(F.lit("m"), F.col("id")).alias("map"),
        F.lit(None).cast("string").alias("none"),
    )


def write(made: DataFrame, options: dict[str, str], **more: str) -> None:
    given = {name.replace("_", "."): value for name, value in more.items()}
    made.write.format("datapanel").options(**options, **given).mode("append").save()


def ledgers(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def whole(n: int) -> dict[str, Any]:
    inner = {"x": '"ü}', "list": [1, 2]}
    return {"key": f"k{n}", "n": n, "inner": inner, "map": {"m": n}}


@pytest.mark.parametrize("transfer", ["arrow", "rows"])
def test_rows(
    transfer: str, spark: SparkSession, emulator: Emulator, options: dict[str, str], tmp_path: Path
) -> None:
    write(frame(spark), options, id_column="key", transfer=transfer, ledger_path=str(tmp_path))
    held = sorted(emulator.objects(), key=lambda each: each["n"])
    assert held == [whole(n) for n in range(ROWS)]
    [ledger] = ledgers(tmp_path)
    assert (ledger["tasks"], ledger["stored"], ledger["repeated"]) == (PARTS, ROWS, 0)
    assert [each["partition"] for each in ledger["messages"]] == list(range(PARTS))


def test_json_column(spark: SparkSession, emulator: Emulator, options: dict[str, str]) -> None:
    made = frame(spark).select("key", F.to_json(F.struct("*")).alias("json"))
    write(made, options, id_column="key", json_column="json", token_env="DATAPANEL_AUTH_TOKEN")
    held = sorted(emulator.objects(), key=lambda each: each["n"])
    assert held == [{"id": f"k{n}", **whole(n)} for n in range(ROWS)]


def test_run_again_has_the_same_ids(
    spark: SparkSession, emulator: Emulator, options: dict[str, str]
) -> None:
    for parts, transfer in ((4, "arrow"), (3, "rows")):
        write(frame(spark).repartition(parts), options, id_from="content", transfer=transfer)
    copies = Counter(each["id"] for each in emulator.objects())
    assert len(copies) == ROWS
    assert set(copies.values()) == {2}


def failing(made: DataFrame, row: int, attempts: int) -> DataFrame:
    """Return a frame that fails at a row when not enough attempts of its task came before."""

    def same(n: int) -> int:
        context = TaskContext.get()
        if n == row and context is not None and context.attemptNumber() < attempts:
            raise RuntimeError("on purpose")
        return n

    return made.withColumn("n", F.udf(same, "long")("n"))


def test_failed_attempt_repeats_ids(
    spark: SparkSession, emulator: Emulator, options: dict[str, str], tmp_path: Path
) -> None:
    made = failing(frame(spark, 60_000), row=29_000, attempts=1)
    write(made, options, id_column="key", ledger_path=str(tmp_path))
    copies = Counter(each["n"] for each in emulator.objects())
    assert set(copies) == set(range(60_000))
    twice = [n for n, count in copies.items() if count > 1]
    assert all(15_000 <= n < 30_000 for n in twice)
    [ledger] = ledgers(tmp_path)
    assert [each["attempt"] for each in ledger["messages"]] == [0, 1, 0, 0]
    assert 0 < len(twice) <= ledger["possible_duplicates"] == 15_000


def test_job_that_fails_commits_nothing(
    spark: SparkSession, options: dict[str, str], tmp_path: Path
) -> None:
    made = failing(frame(spark), row=2000, attempts=9)
    with pytest.raises(Exception, match="on purpose"):
        write(made, options, id_column="key", ledger_path=str(tmp_path))
    assert ledgers(tmp_path) == []


def test_refusal_by_the_service_ends_the_job(
    spark: SparkSession, emulator: Emulator, options: dict[str, str]
) -> None:
    emulator.fault(status=400, times=0)
    with pytest.raises(Exception, match=r"partition \d, attempt 3: .*400"):
        write(frame(spark, 1), options, id_column="key")


def test_dead_letters(
    spark: SparkSession, emulator: Emulator, options: dict[str, str], tmp_path: Path
) -> None:
    json_ = F.when(F.col("n") % 1000 == 7, F.lit('{"n":')).otherwise(F.to_json(F.struct("n")))
    made = frame(spark).select("key", json_.alias("json"))
    write(
        made, options,
        id_column="key", json_column="json", errors="dead-letter",
        errors_path=str(tmp_path / "letters"), run_id="night", ledger_path=str(tmp_path),
    )  # fmt: skip
    [ledger] = ledgers(tmp_path)
    assert (ledger["stored"], ledger["failed"]) == (ROWS - 6, 6)
    files = [Path(each["letters"]) for each in ledger["messages"] if each["letters"]]
    kept = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    assert [each["code"] for each in kept] == ["DP_E_JSON"] * 6
    assert len(emulator.objects()) == ROWS - 6


def test_empty_frame(spark: SparkSession, options: dict[str, str], tmp_path: Path) -> None:
    write(frame(spark).where("n < 0"), options, id_column="key", ledger_path=str(tmp_path))
    [ledger] = ledgers(tmp_path)
    assert (ledger["rows"], ledger["stored"]) == (0, 0)


@pytest.mark.parametrize(
    ("mode", "more", "said"),
    [
        ("overwrite", {}, "no such call"),
        ("append", {"auth.token": "hunter2"}, "auth.token is a secret"),
        ("append", {"id.column": "nothing"}, "there is no column 'nothing'"),
        ("append", {"json.column": "n"}, "has to be a string"),
        ("append", {"id.field": "inner"}, "there is a column 'inner' already"),
        ("append", {"linger": "soon"}, "linger"),
    ],
)
def test_refused_before_a_row_is_sent(
    mode: str,
    more: dict[str, str],
    said: str,
    spark: SparkSession,
    emulator: Emulator,
    options: dict[str, str],
) -> None:
    writer = frame(spark, 10).write.format("datapanel")
    with pytest.raises(Exception, match=said) as caught:
        writer.options(**{**options, "id.column": "key", **more}).mode(mode).save()
    assert "hunter2" not in str(caught.value)
    assert emulator.stats()["requests"] == 0


def test_is_not_read(spark: SparkSession) -> None:
    with pytest.raises(Exception, match="for writing"):
        spark.read.format("datapanel").load()


def test_writers_travel_without_the_library(options: dict[str, str], spark: SparkSession) -> None:
    from pyspark_datapanel import DefaultSource

    source = DefaultSource({**options, "id.column": "key"})
    for made in (source.writer, source.streamWriter):
        writer = made(frame(spark, 1).schema, overwrite=False)
        assert pickle.loads(pickle.dumps(writer)).plan == writer.plan
