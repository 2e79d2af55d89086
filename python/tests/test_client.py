# SPDX-License-Identifier: Apache-2.0
"""Objects go in, ids come back, and the service holds the very bytes."""

from __future__ import annotations

import copy
import pickle
import re
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import Client, Code, DatapanelError, ObjectError, Stored, TooLargeError

if TYPE_CHECKING:
    from emulator import Emulator

SAMPLES = Path(__file__).parents[2] / "Tests" / "samples"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_ids_come_back_in_order(client: Client, emulator: Emulator) -> None:
    before = datetime.now(timezone.utc)
    reports = client.submit(emulator.alerts, ({"n": n} for n in range(250)), name="edge-ids")
    assert len({report.id for report in reports}) == 250
    for report in reports:
        assert report.ok
        assert (report.code, report.code_name, report.stored) == (Code.DP_OK, "DP_OK", Stored.YES)
        assert UUID.fullmatch(report.id or "")
        assert UUID.fullmatch(report.event_id or "")
        assert report.request_id
        assert (report.http_status, report.attempts) == (200, 1)
        assert (report.message, report.server_code, report.payload) == (None, None, None)
        assert before - timedelta(seconds=1) <= report.queued <= report.finished
    stats = emulator.stats()
    assert (stats["objects"], stats["requests"]) == (250, 1)
    assert [emulator.held(report) for report in reports[7:9]] == [b'{"n":7}', b'{"n":8}']


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("*.ndjson")), ids=lambda path: path.stem)
def test_samples_round_trip_byte_for_byte(client: Client, emulator: Emulator, sample: Path) -> None:
    lines = sample.read_bytes().splitlines()
    assert lines
    reports = client.submit(emulator.alerts, lines)
    assert [emulator.held(report) for report in reports] == lines


def test_every_form_of_an_object(client: Client, emulator: Emulator) -> None:
    exact = '{ "n" : 1.50, "é" : "\\u00e9" }'
    forms: list[Any] = [
        exact,
        exact.encode(),
        bytearray(exact.encode()),
        memoryview(exact.encode()),
        {"é": "🚨", "n": 2**70},
    ]
    reports = client.submit(emulator.alerts, forms)
    dumped = '{"é":"🚨","n":1180591620717411303424}'
    held = [emulator.held(report).decode() for report in reports]
    assert held == [exact, exact, exact, exact, dumped]


def test_single_object(client: Client, emulator: Emulator) -> None:
    [report] = client.submit(emulator.alerts, {"title": "alone"})
    assert emulator.held(report) == b'{"title":"alone"}'


def test_envelope(client: Client, emulator: Emulator) -> None:
    reports = client.submit(
        emulator.alerts,
        [{"title": "dressed"}],
        name="näme",
        type="test",
        trigger_flag=True,
        format_version=2,
        id="one",
        timeout=10,
    )
    assert [report.ok for report in reports] == [True]


def test_connection_is_kept_between_calls(client: Client, emulator: Emulator) -> None:
    for n in range(20):
        client.submit(emulator.alerts, {"n": n})
    stats = emulator.stats()
    assert (stats["requests"], stats["connections"]) == (20, 1)


def test_empty_batch_is_refused(client: Client, emulator: Emulator) -> None:
    with pytest.raises(DatapanelError) as caught:
        client.submit(emulator.alerts, [])
    assert caught.value.code == Code.DP_E_EMPTY
    assert caught.value.stored is Stored.NO
    assert caught.value.reports == []
    assert emulator.stats()["requests"] == 0


@pytest.mark.parametrize("target", ["", "a/b", "a\nb", "a\0b", "\ud83d"])
def test_bad_target_is_refused(client: Client, emulator: Emulator, target: str) -> None:
    with pytest.raises(DatapanelError, match="target") as caught:
        client.submit(target, {"a": 1})
    assert caught.value.code == Code.DP_E_ARGUMENT
    assert emulator.stats()["requests"] == 0


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 3e6])
def test_bad_timeout_is_refused(client: Client, emulator: Emulator, timeout: float) -> None:
    with pytest.raises(DatapanelError, match="timeout must be above 0") as caught:
        client.submit(emulator.alerts, {"a": 1}, timeout=timeout)
    assert (caught.value.code, caught.value.key) == (Code.DP_E_ARGUMENT, "timeout")


@pytest.mark.parametrize(
    ("bad", "offset"),
    [
        ('{"a":}', 5),
        (b'{"a":1} x', 8),
        (b'{"a":"\xff"}', 6),
        ('["no object"]', 0),
        (b"", 0),
        ('{{{"a":1', 1),
    ],
)
def test_bad_json_is_named_with_index_and_offset(
    client: Client, emulator: Emulator, bad: Any, offset: int
) -> None:
    with pytest.raises(ObjectError, match=r"^object 2: ") as caught:
        client.submit(emulator.alerts, [{"a": 1}, "{}", bad, {"b": 2}])
    assert (caught.value.code, caught.value.index) == (Code.DP_E_JSON, 2)
    assert caught.value.stored is Stored.NO
    assert caught.value.offset == offset
    assert emulator.stats()["requests"] == 0


def test_object_that_json_cannot_hold(client: Client, emulator: Emulator) -> None:
    with pytest.raises(ObjectError, match=r"object 1: geo\.latitude is nan, which JSON cannot"):
        client.submit(emulator.alerts, [{}, {"geo": {"latitude": float("nan")}}])
    assert emulator.stats()["requests"] == 0


def test_too_large_names_the_first_that_does_not_fit(client: Client, emulator: Emulator) -> None:
    megabyte = b'{"a":"' + b"x" * 1_000_000 + b'"}'
    with pytest.raises(TooLargeError, match=r"object 11: .*12,?000,?000") as caught:
        client.submit(emulator.alerts, [megabyte] * 13)
    assert (caught.value.code, caught.value.index) == (Code.DP_E_TOO_LARGE, 11)
    assert emulator.stats()["requests"] == 0
    assert len(client.submit(emulator.alerts, [megabyte] * 11)) == 11


def test_wrong_types_are_type_errors(client: Client, emulator: Emulator) -> None:
    with pytest.raises(TypeError, match="target must be str, not int"):
        client.submit(7, {})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="name must be str, not bytes"):
        client.submit(emulator.alerts, {}, name=b"x")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="iterable"):
        client.submit(emulator.alerts, 7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="trigger_flag must be bool, not str"):
        client.submit(emulator.alerts, {}, trigger_flag="false")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="timeout must be seconds, int or float, not str"):
        client.submit(emulator.alerts, {}, timeout="2s")  # type: ignore[arg-type]


def test_report_cannot_be_changed_and_can_be_pickled(client: Client, emulator: Emulator) -> None:
    [report] = client.submit(emulator.alerts, {"a": 1})
    with pytest.raises(AttributeError):
        report.id = "another"  # type: ignore[misc]
    assert not hasattr(report, "__dict__")
    assert pickle.loads(pickle.dumps(report)) == report  # noqa: S301
    assert copy.copy(report) == report
