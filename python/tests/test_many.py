# SPDX-License-Identifier: Apache-2.0
"""Many objects at once: text in pieces, files, iterables and data frames."""

from __future__ import annotations

import gzip
import io
import json
import os
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import ObjectError, Producer, QueueFullError, Taken
from datapanel import _feed as feed
from datapanel._frames import rows_of
from emulator import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator

SAMPLES = Path(__file__).parents[2] / "Tests" / "samples"


@pytest.fixture
def producer(emulator: Emulator) -> Iterator[Producer]:
    """Give a producer that hands every object back."""
    with emulator.producer() as producer:
        producer.pause()
        yield producer
        producer.close(0)


def taken(producer: Producer) -> list[bytes]:
    """Return the exact bytes of what it took, in order."""
    return [report.payload or b"" for report in producer.close(0)]


def lines_of(count: int) -> list[bytes]:
    """Return objects that are not all of one size."""
    return [json.dumps({"n": n, "text": 'a } " { \\ b' * (n % 50)}).encode() for n in range(count)]


@pytest.mark.parametrize(
    "form",
    ["bytes", "bytearray", "memoryview", "str", "path", "file", "text file", "unbuffered", "list"],
)
@pytest.mark.parametrize("count", [1, 3000])
def test_every_source(producer: Producer, tmp_path: Path, form: str, count: int) -> None:
    lines = lines_of(count)
    text = b"\n".join(lines) + b"\n"
    file = tmp_path / "objects.ndjson"
    file.write_bytes(text)
    sources: dict[str, Any] = {
        "bytes": lambda: text,
        "bytearray": lambda: bytearray(text),
        "memoryview": lambda: memoryview(text),
        "str": text.decode,
        "path": lambda: file,
        "file": lambda: file.open("rb"),
        "text file": lambda: file.open(encoding="utf-8"),
        "unbuffered": lambda: file.open("rb", buffering=0),
        "list": lambda: lines,
    }
    source = sources[form]()
    assert producer.send_many("alerts", source) == Taken(count, 1)
    assert taken(producer) == lines
    if hasattr(source, "close"):
        source.close()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" \n\n",
        b'{"a":1}{"b":2}\n\n {"c":{"d":"}"}}',
        b'[{"a":1},\n{"b":[{}]} , {"c":2}]\n',
        b"[]",
        b'{\n"a": 1\n}\n{\n"b":\n"\\"{"\n}\n',
    ],
)
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
def test_pieces_of_any_size_make_the_same_objects(
    producer: Producer, monkeypatch: pytest.MonkeyPatch, text: bytes, piece: int
) -> None:
    whole = emptied(producer, text)
    monkeypatch.setattr(feed, "PIECE_BYTES", piece)
    assert emptied(producer, text) == whole
    assert emptied(producer, io.BytesIO(text)) == whole


def emptied(producer: Producer, source: Any) -> list[bytes]:
    """Return what a source comes to."""
    count = producer.send_many("alerts", source).objects
    producer.purge()
    reports = [report.payload or b"" for report in producer.reports()]
    assert len(reports) == count
    return reports


def test_samples_byte_for_byte(emulator: Emulator) -> None:
    sample = SAMPLES / "edge-cases.ndjson"
    with emulator.producer() as producer:
        producer.send_many(emulator.alerts, sample)
        producer.flush()
        reports = sorted(producer.reports())
    lines = [line.strip(b" ") for line in sample.read_bytes().splitlines()]
    assert [emulator.held(report) for report in reports] == lines


@pytest.mark.parametrize("piece", [10, 1_000_000])
@pytest.mark.parametrize("bad", [b'{"n":}', b"17", b'{"n":1', b'["x"]'])
def test_bad_object_is_placed(
    producer: Producer, monkeypatch: pytest.MonkeyPatch, bad: bytes, piece: int
) -> None:
    monkeypatch.setattr(feed, "PIECE_BYTES", piece)
    good = [b'{"n":%d}' % n for n in range(20)]
    text = b"\n".join([*good, bad])
    with pytest.raises(ObjectError, match=r"^object 20: ") as caught:
        producer.send_many("alerts", text)
    error = caught.value
    assert error.index == 20
    assert error.offset is not None
    assert len(text) - len(bad) <= error.offset <= len(text)
    assert f"byte {error.offset}" in str(error)
    assert taken(producer) == good


def test_bad_object_of_an_iterable_is_placed(producer: Producer) -> None:
    with pytest.raises(ObjectError, match=r"^object 2: .*nan") as caught:
        producer.send_many("alerts", [{"a": 1}, b"{}", {"a": float("nan")}])
    assert caught.value.index == 2
    with pytest.raises(ObjectError, match=r"^object 1: ") as caught:
        producer.send_many("alerts", iter([b"{}", b"{} {}"]))
    assert caught.value.index == 1
    assert len(taken(producer)) == 3


@pytest.mark.parametrize(("start", "between", "end"), [(b"", b"\n", b""), (b"[", b",", b"]")])
def test_a_full_queue_goes_on_where_it_stopped(
    emulator: Emulator, start: bytes, between: bytes, end: bytes
) -> None:
    lines = lines_of(500)
    with emulator.producer(queue_objects=20, batch_objects=10, linger="0ms") as producer:
        text = start + between.join(lines) + end
        with pytest.raises(QueueFullError) as caught:
            producer.send_many(emulator.alerts, text, timeout=0)
        count = caught.value.index
        assert count is not None
        rest = start + between.join(lines[count:]) + end
        assert producer.send_many(emulator.alerts, rest).objects == 500 - count
        producer.flush()
        reports = sorted(producer.reports())
    assert [emulator.held(report) for report in reports] == lines


def test_lines_of_a_pipe_are_sent_as_they_come(emulator: Emulator) -> None:
    reader, writer = os.pipe()
    with (
        emulator.producer() as producer,
        os.fdopen(reader, "rb") as file,
        ThreadPoolExecutor(1) as pool,
    ):
        sending = pool.submit(producer.send_many, emulator.alerts, file)
        try:
            os.write(writer, b'{"n":1}\n{"n":')
            wait_until(lambda: emulator.stats()["objects"] == 1)
            os.write(writer, b"2}\n")
            wait_until(lambda: emulator.stats()["objects"] == 2)
        finally:
            os.close(writer)
        assert sending.result(20) == Taken(2, 1)


def test_files_that_are_not_there_or_not_text(producer: Producer, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        producer.send_many("alerts", tmp_path / "none")
    with gzip.open(tmp_path / "objects.gz", "wb") as file:
        file.write(b'{"a":1}\n{"a":2}\n')
    with gzip.open(tmp_path / "objects.gz") as file:
        assert producer.send_many("alerts", file).objects == 2
    with pytest.raises(ObjectError, match=r"begins with 'objects\.ndjson'.*pathlib\.Path"):
        producer.send_many("alerts", "objects.ndjson")
    with pytest.raises(TypeError, match="iterable"):
        producer.send_many("alerts", 7)  # type: ignore[arg-type]


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_rows_of_a_data_frame(producer: Producer, library: str) -> None:
    columns = {
        "title": ["brute force", None, "scan"],
        "count": [1, 2, 2**60],
        "score": [0.5, None, 2.25],
        "labels": [["a", "b"], None, []],
        "seen": [True, False, True],
    }
    module = import_module(library)
    frame = module.table(columns) if library == "pyarrow" else module.DataFrame(columns)
    assert producer.send_dataframe("alerts", frame) == Taken(3, 1)
    assert [json.loads(each) for each in taken(producer)] == [
        {"title": "brute force", "count": 1, "score": 0.5, "labels": ["a", "b"], "seen": True},
        {"count": 2, "seen": False},
        {"title": "scan", "count": 2**60, "score": 2.25, "labels": [], "seen": True},
    ]


def test_more_rows_than_are_read_at_once() -> None:
    columns = {"n": list(range(2500))}
    pyarrow = import_module("pyarrow")
    frames = [
        import_module("pandas").DataFrame(columns),
        import_module("polars").DataFrame(columns),
        pyarrow.table(columns),
        pyarrow.RecordBatch.from_pydict(columns),
    ]
    for frame in frames:
        assert [row["n"] for row in rows_of(frame)] == columns["n"]


def test_times_in_a_data_frame_have_to_be_text(producer: Producer) -> None:
    pandas = import_module("pandas")
    frame = pandas.DataFrame({"n": [1], "time": [pandas.Timestamp("2026-01-01")]})
    with pytest.raises(ObjectError, match="object 0: time is of type Timestamp"):
        producer.send_dataframe("alerts", frame)


def test_what_is_no_data_frame(producer: Producer) -> None:
    with pytest.raises(TypeError, match=r"builtins\.dict is no data frame of pandas"):
        producer.send_dataframe("alerts", {"n": [1]})
    lazy = import_module("polars").LazyFrame({"n": [1]})
    with pytest.raises(TypeError, match="lazy one has to be collected"):
        producer.send_dataframe("alerts", lazy)
