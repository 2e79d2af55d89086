# SPDX-License-Identifier: Apache-2.0
"""A task acknowledges each of its rows, keeps what fails, and tells all of it to the driver."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pytest

from datapanel import ObjectError, RejectedError, UnconfirmedError
from datapanel.sink import Message, Plan, Summary, Task, TaskError, write_batches, write_rows
from datapanel.sink.ids import content_id

if TYPE_CHECKING:
    from emulator import Emulator


def plan(emulator: Emulator, **options: str) -> Plan:
    """Return a plan with these options, which have `_` for `.`."""
    mine = {"target": emulator.alerts, "linger": "5ms"}
    given = {name.replace("_", "."): value for name, value in options.items()}
    return Plan.of({**mine, **given})


def batch(**columns: list[Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def letters(message: Message) -> list[dict[str, Any]]:
    assert message.letters is not None
    return [json.loads(line) for line in Path(message.letters).read_text().splitlines()]


def test_rows_become_objects_with_their_id(emulator: Emulator) -> None:
    rows = ({"key": f"k{n}", "n": n, "none": None} for n in range(2500))
    message = write_rows(plan(emulator, id_column="key"), Task(3), rows)
    assert (message.partition, message.rows, message.stored, message.failed) == (3, 2500, 2500, 0)
    held = sorted(emulator.objects(), key=lambda each: each["n"])
    assert held == [{"key": f"k{n}", "n": n} for n in range(2500)]


def test_id_goes_into_another_field(emulator: Emulator) -> None:
    rows = [{"key": 7, "n": 1}]
    write_rows(plan(emulator, id_column="key", id_field="id"), Task(0), rows)
    assert emulator.objects() == [{"id": "7", "n": 1}]


def test_content_has_the_same_id_each_time(emulator: Emulator) -> None:
    its = plan(emulator, id_from="content", id_field="dedup")
    write_rows(its, Task(0), [{"a": 1, "b": "ü"}, {"a": 2, "b": "ü"}])
    write_rows(its, Task(0, attempt=1), [{"b": "ü", "a": 1}])
    held = emulator.objects()
    assert held[0] == held[2] == {"dedup": content_id('{"a":1,"b":"ü"}'.encode()), "a": 1, "b": "ü"}
    assert held[1]["dedup"] != held[0]["dedup"]


def test_batches_are_as_rows(emulator: Emulator) -> None:
    kind = pa.map_(pa.string(), pa.int64())
    maps = pa.array([[("m", 1)], None], kind)
    table = pa.RecordBatch.from_arrays([pa.array(["x", "y"]), maps], ["key", "map"])
    write_batches(plan(emulator, id_column="key"), Task(0), [table])
    assert emulator.objects() == [{"key": "x", "map": {"m": 1}}, {"key": "y"}]


@pytest.mark.parametrize("letters", [False, True])
@pytest.mark.parametrize("way", ["object", "content", "column"])
def test_json_is_sent_as_it_stands(
    way: str,
    letters: bool,  # noqa: FBT001
    emulator: Emulator,
    tmp_path: Path,
) -> None:
    texts = [f'{{"n":{n},"wide":1.50,"t":"}} {{ ü"}}' for n in range(20_000)]
    table = batch(key=[f"k{n}" for n in range(20_000)], json=texts)
    identity = {"id_column": "key"} if way == "column" else {"id_from": way}
    keep = {"errors": "dead-letter", "errors_path": str(tmp_path)} if letters else {}
    its = plan(emulator, json_column="json", **identity, **keep)
    message = write_batches(its, Task(0), [table.slice(5, 12_000), table.slice(12_005)])
    assert (message.rows, message.stored) == (19_995, 19_995)
    held = sorted(emulator.objects(), key=lambda each: each["n"])
    assert [each["n"] for each in held] == list(range(5, 20_000))
    ids = {"object": None, "content": content_id(texts[5].encode()), "column": "k5"}
    assert held[0].get("id") == ids[way]


def test_json_by_rows_is_as_by_batches(emulator: Emulator) -> None:
    texts = ["{}", '{ "n" : 1}', '{"n":2} ', "{\t}"]
    table = batch(key=["a", 'q"', "c", "ü"], json=texts)
    for source in ({"id_from": "content"}, {"id_column": "key"}):
        emulator.reset()
        its = plan(emulator, json_column="json", **source)
        write_batches(its, Task(0), [table])
        write_rows(its, Task(0), table.to_pylist())
        held = sorted(json.dumps(each) for each in emulator.objects())
        assert held[::2] == held[1::2]
        assert len(held) == 8


def test_smallest_objects_are_all_counted(emulator: Emulator) -> None:
    its = plan(emulator, json_column="json", id_from="object", batch_objects="10000")
    message = write_batches(its, Task(0), [batch(json=["{}"] * 120_000)])
    assert message.stored == 120_000
    assert emulator.stats()["objects"] == 120_000


@pytest.mark.parametrize("errors", ["fail", "dead-letter"])
def test_full_queue_is_waited_for(errors: str, emulator: Emulator, tmp_path: Path) -> None:
    texts = [f'{{"n":{n},"t":"}} {{"}}' for n in range(3000)]
    keep = {"errors": errors, "errors_path": str(tmp_path)} if errors != "fail" else {}
    its = plan(emulator, json_column="json", id_from="object", queue_objects="200", **keep)
    emulator.fault(delay_ms=250, times=2)
    message = write_batches(its, Task(0), [batch(json=texts)])
    assert message.stored == 3000
    assert sorted(each["n"] for each in emulator.objects()) == list(range(3000))


def test_what_fails_ends_the_task(emulator: Emulator) -> None:
    emulator.fault(status=400, times=0)
    with pytest.raises(RejectedError, match="partition 2, attempt 1: "):
        write_rows(plan(emulator, id_column="n"), Task(2, attempt=1), [{"n": 1}])


def test_row_that_is_no_object_ends_the_task(emulator: Emulator) -> None:
    its = plan(emulator, id_column="n")
    with pytest.raises(ObjectError, match="there is no id in column 'n'"):
        write_rows(its, Task(0), [{"n": None, "a": 1}])
    with pytest.raises(ObjectError, match="a is nan"):
        write_rows(plan(emulator, id_from="content"), Task(0), [{"a": float("nan")}])
    with pytest.raises(ObjectError, match="'id', where its id goes"):
        write_rows(plan(emulator, id_from="content"), Task(0), [{"id": 1}])


def test_two_objects_in_a_text_end_the_task(emulator: Emulator) -> None:
    its = plan(emulator, json_column="json", id_from="object")
    for texts in (['{"a":1}{"b":2}', "{}"], ["{}", '{"a":1} {"b":2}']):
        with pytest.raises(TaskError, match="more than one object"):
            write_batches(its, Task(0), [batch(json=texts)])


def test_two_objects_are_found_when_the_queue_is_full(emulator: Emulator) -> None:
    its = plan(emulator, json_column="json", id_from="object", queue_objects="200")
    emulator.fault(delay_ms=250, times=4)
    texts = ["{}"] * 100 + ['{"a":1}{"b":2}'] + ["{}"] * 3000
    with pytest.raises(TaskError, match="more than one object"):
        write_batches(its, Task(0), [batch(json=texts)])


# What could be read as one object, or as an object and a half.
TEXTS = (
    ['{"a":"x}', '{","b":"y"}'],
    ['{"a":{}', '{"b":1}}'],
    ['{"a":[{}', '{"b":1}]}'],
    ['{"a":1}{"b":2}', '{"c":1,}'],
    ['{\u00a0"a":1}', '{\f"b":2}'],
)


@pytest.mark.parametrize("texts", TEXTS)
def test_no_text_reaches_into_the_next(
    texts: list[str], emulator: Emulator, tmp_path: Path
) -> None:
    its = plan(
        emulator,
        json_column="json", id_from="object", errors="dead-letter", errors_path=str(tmp_path),
    )  # fmt: skip
    message = write_batches(its, Task(0), [batch(json=["{}", *texts, '{"n":3}'])])
    assert (message.stored, message.failed) == (2, 2)
    assert [letter["text"] for letter in letters(message)] == texts
    assert emulator.objects() == [{}, {"n": 3}]


def test_fault_is_told_where_it_is(emulator: Emulator) -> None:
    its = plan(emulator, json_column="json", id_from="object")
    with pytest.raises(ObjectError, match=r"partition 4, attempt 0: .*byte 7") as caught:
        write_batches(its, Task(4), [batch(json=["{}", '{"a":1,}'])])
    assert caught.value.offset == 7


def test_dead_letters(emulator: Emulator, tmp_path: Path) -> None:
    its = plan(
        emulator,
        json_column="json", id_column="key", errors="dead-letter",
        errors_path=str(tmp_path / "new"), batch_objects="1", run_id="night",
    )  # fmt: skip
    good = [f'{{"n":{n}}}' for n in range(20)]
    table = batch(
        key=["a", None, "c", "d", "e", *[f"k{n}" for n in range(20)]],
        json=["{}", "{}", None, '{"a":{}', '{"b":1,}', *good],
    )
    emulator.fault(status=400, times=1)
    message = write_batches(its, Task(7, attempt=2), [table])
    assert (message.rows, message.stored, message.failed) == (25, 20, 5)
    assert message.letters == str(tmp_path / "new" / "night-part-00007-attempt-2.ndjson")
    kept = letters(message)
    assert [letter["code"] for letter in kept].count("DP_E_JSON") == 4
    assert {letter.get("text") for letter in kept} >= {
        '{"json": "{}", "key": null}',
        '{"json": null, "key": "c"}',
        '{"id":"d","a":{}',
        '{"id":"e","b":1,}',
    }
    refused = next(letter for letter in kept if letter["code"] == "DP_E_REJECTED")
    assert (refused["stored"], refused["http_status"]) == ("no", 400)
    assert refused["object"]["id"] not in [each["id"] for each in emulator.objects()]
    assert [path.name for path in (tmp_path / "new").iterdir()] == [Path(message.letters).name]


def test_task_without_rows_still_tells(emulator: Emulator, tmp_path: Path) -> None:
    its = plan(emulator, id_column="n", errors="dead-letter", errors_path=str(tmp_path))
    message = write_rows(its, Task(0), [])
    assert (message.rows, message.letters, list(tmp_path.iterdir())) == (0, None, [])


def test_possible_duplicates_are_counted(emulator: Emulator) -> None:
    emulator.fault(drop="stored")
    its = plan(emulator, id_column="n", backoff_base="1ms", backoff_cap="10ms")
    message = write_rows(its, Task(0), [{"n": 1}, {"n": 2}])
    assert (message.stored, message.possible_duplicates) == (2, 2)
    assert len(emulator.objects()) == 4
    # Of an attempt that died nobody knows what it stored.
    assert write_rows(its, Task(0, attempt=1), [{"n": 1}]).possible_duplicates == 1


def test_what_may_be_stored_is_said(emulator: Emulator) -> None:
    emulator.fault(drop="stored", times=0)
    its = plan(emulator, id_column="n", ambiguous_policy="fail")
    with pytest.raises(UnconfirmedError):
        write_rows(its, Task(0), [{"n": 1}])


def test_summary_and_ledger(tmp_path: Path) -> None:
    def message(partition: int, attempt: int, rows: int) -> Message:
        duplicates = rows if attempt else 0
        return Message(
            partition, attempt, rows, rows, 0, duplicates, rows * 10, 0.5, None, "query", 4
        )

    summary = Summary.of([message(1, 1, 30), None, message(0, 0, 20)], 4)
    assert summary.line() == (
        "batch 4 of query query, 50 rows: 50 stored, 0 failed, 30 may be there twice; 2 tasks, 1 "
        "of them repeated; 500 bytes, 1.0 task-seconds"
    )
    assert summary.enter(str(tmp_path / "ledger"), "query-4", once=True)
    assert not Summary.of([], 4).enter(str(tmp_path / "ledger"), "query-4", once=True)
    kept = json.loads((tmp_path / "ledger" / "query-4.json").read_text())
    assert (kept["rows"], [each["partition"] for each in kept["messages"]]) == (50, [0, 1])


def test_plan_and_message_travel(emulator: Emulator) -> None:
    its = plan(emulator, id_column="n")
    assert pickle.loads(pickle.dumps(its)) == its  # noqa: S301
    message = write_rows(pickle.loads(pickle.dumps(its)), Task(0), [{"n": 1}])  # noqa: S301
    assert pickle.loads(pickle.dumps(message)) == message  # noqa: S301


def test_example_of_another_engine(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.util import module_from_spec, spec_from_file_location  # noqa: PLC0415

    path = Path(__file__).parents[1] / "examples" / "send_dask.py"
    spec = spec_from_file_location("send_dask", path)
    assert spec is not None
    assert spec.loader is not None
    example = module_from_spec(spec)
    spec.loader.exec_module(example)

    class Frame:
        def to_delayed(self) -> list[Any]:
            parts = ([{"key": "a", "n": 1}, {"key": "b", "n": None}], [{"key": "c", "n": 3}])
            return [pd.DataFrame(rows) for rows in parts]

    dask = SimpleNamespace(compute=lambda *done: done, delayed=lambda function: function)
    monkeypatch.setitem(sys.modules, "dask", dask)
    summary = example.to_datapanel(Frame(), {"target": emulator.alerts, "id.column": "key"})
    assert [(each.partition, each.stored) for each in summary.messages] == [(0, 2), (1, 1)]
    held = sorted(emulator.objects(), key=lambda each: str(each["key"]))
    assert held == [{"key": "a", "n": 1}, {"key": "b"}, {"key": "c", "n": 3}]
