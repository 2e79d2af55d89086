# SPDX-License-Identifier: Apache-2.0
"""A producer takes objects, delivers them, and tells about each exactly once."""

from __future__ import annotations

import gc
import json
import pickle
import select
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import (
    Client,
    ClosedError,
    Code,
    ConfigError,
    DatapanelError,
    ObjectError,
    Producer,
    QueueFullError,
    Report,
    Settings,
    Stored,
    TooLargeError,
    WaitError,
    _inbox,
)
from emulator import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator


def test_each_object_has_one_report_under_its_ticket(
    producer: Producer, emulator: Emulator
) -> None:
    tickets = [producer.send(emulator.alerts, {"n": n}) for n in range(500)]
    assert tickets == list(range(1, 501))
    producer.flush()
    reports = list(producer.reports())
    assert sorted(report.ticket for report in reports) == tickets
    assert all(report.ok and report.id for report in reports)
    held = {report.ticket: emulator.held(report) for report in reports[:3]}
    assert held == {ticket: f'{{"n":{ticket - 1}}}'.encode() for ticket in held}
    assert emulator.stats()["objects"] == 500
    assert producer.poll() == []


def test_with_delivers_everything(emulator: Emulator) -> None:
    with emulator.producer() as producer:
        for n in range(100):
            producer.send(emulator.alerts, {"n": n})
    assert producer.closed
    assert producer.leftovers == []
    assert emulator.stats()["objects"] == 100
    assert len(list(producer.reports())) == 100, "reports can be taken after the end"


def test_with_closes_also_when_the_block_raises(emulator: Emulator) -> None:
    producer = emulator.producer()
    producer.send(emulator.alerts, {"n": 1})
    with pytest.raises(KeyError), producer:
        raise KeyError
    assert producer.closed
    assert emulator.stats()["objects"] == 1


def test_on_report_is_called_on_the_thread_that_asks(emulator: Emulator) -> None:
    calls: list[tuple[int, Report]] = []
    producer = emulator.producer(
        on_report=lambda report: calls.append((threading.get_ident(), report))
    )
    with producer:
        for n in range(1000):
            producer.send(emulator.alerts, {"n": n})
        producer.flush()
        assert sorted(report.ticket for _, report in calls) == list(range(1, 1001))
        assert producer.poll() == []
    assert {thread for thread, _ in calls} == {threading.get_ident()}


def test_a_thread_that_only_sends_hands_out_reports(emulator: Emulator) -> None:
    calls: list[Report] = []
    with emulator.producer(on_report=calls.append) as producer:
        wait_until(lambda: bool(producer.send(emulator.alerts, b"{}") and calls))


def test_on_report_that_raises_is_logged_and_the_next_is_called(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[int] = []

    def on_report(report: Report) -> None:
        seen.append(report.ticket)
        if report.ticket == 2:
            raise KeyError("mine")

    with emulator.producer(on_report=on_report) as producer:
        for n in range(3):
            producer.send(emulator.alerts, {"n": n})
    assert seen == [1, 2, 3]
    [record] = [each for each in caplog.records if each.name == "datapanel"]
    assert record.getMessage() == "on_report failed for object 2"
    assert record.exc_info is not None


def test_interrupt_in_on_report_loses_no_report(emulator: Emulator) -> None:
    seen: list[int] = []

    def on_report(report: Report) -> None:
        if report.ticket == 2 and 2 not in seen:
            seen.append(2)
            raise KeyboardInterrupt
        seen.append(report.ticket)

    with emulator.producer(on_report=on_report, batch_objects=3) as producer:
        for n in range(3):
            producer.send(emulator.alerts, {"n": n})
        with pytest.raises(KeyboardInterrupt):
            producer.flush()
        producer.poll()
    assert seen == [1, 2, 3]


def test_on_report_may_send_and_flush(emulator: Emulator) -> None:
    again: list[int] = []

    def on_report(report: Report) -> None:
        if report.ticket <= 5:
            again.append(mine.send(emulator.alerts, {"again": report.ticket}))
            mine.flush()

    with emulator.producer(on_report=on_report) as mine:
        for n in range(5):
            mine.send(emulator.alerts, {"n": n})
        mine.flush()
        assert len(again) == 5
    assert emulator.stats()["objects"] == 10


def test_queue_that_is_full(emulator: Emulator) -> None:
    with emulator.producer(queue_objects=2) as producer:
        producer.pause()
        for n in range(2):
            producer.send(emulator.alerts, {"n": n})
        with pytest.raises(QueueFullError, match="the object was not taken") as caught:
            producer.send(emulator.alerts, {"n": 2}, timeout=0)
        assert (caught.value.code, caught.value.stored) == (Code.DP_E_QUEUE_FULL, Stored.NO)
        with pytest.raises(QueueFullError, match=r"within 0\.01 s"):
            producer.submit(emulator.alerts, {"n": 2}, timeout=0.01)
        with pytest.raises(QueueFullError, match="from number 0 on") as caught:
            producer.send_many(emulator.alerts, b'{"n":2}', timeout=0)
        assert caught.value.index == 0
        assert producer.queued == (2, len('{"n":0}{"n":1}'))
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(producer.send, emulator.alerts, {"n": 2})
            producer.resume()
            assert waiting.result(20) == 3


def test_flush_in_time_and_not(producer: Producer, emulator: Emulator) -> None:
    producer.pause()
    producer.send(emulator.alerts, {"n": 1})
    with pytest.raises(WaitError) as caught:
        producer.flush(timeout=0)
    assert caught.value.code == Code.DP_E_WAIT
    with pytest.raises(WaitError):
        producer.flush(timeout=0.3)
    producer.resume()
    producer.flush(timeout=20)
    assert emulator.stats()["objects"] == 1


def test_flush_ends_while_others_send(emulator: Emulator) -> None:
    ended = threading.Event()
    # So slow that something is under way all the time.
    emulator.fault(delay_ms=300, times=0)
    with emulator.producer(batch_objects=1) as producer:

        def send() -> None:
            while not ended.is_set():
                producer.send(emulator.alerts, b"{}")
                ended.wait(0.05)

        with ThreadPoolExecutor(1) as pool:
            sending = pool.submit(send)
            try:
                wait_until(lambda: producer.queued.objects > 0)
                producer.flush(timeout=20)
            finally:
                ended.set()
            sending.result()


def test_close_hands_back_what_is_left(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    with emulator.producer() as producer:
        producer.pause()
        objects = [f'{{"n":{n}}}'.encode() for n in range(3)]
        tickets = [producer.send(emulator.alerts, each) for each in objects]
        left = producer.close(timeout=0)
        assert [(report.ticket, report.payload) for report in left] == list(zip(tickets, objects))
        assert {report.stored for report in left} == {Stored.NO}
        assert producer.leftovers == left
        assert producer.close() == []
    assert "closed with 3 objects that were not delivered" in caplog.text
    assert emulator.stats()["requests"] == 0


def test_everything_after_the_end(emulator: Emulator) -> None:
    producer = emulator.producer()
    producer.close()
    calls: list[Any] = [
        lambda: producer.send(emulator.alerts, {}),
        lambda: producer.submit(emulator.alerts, {}),
        lambda: producer.send_many(emulator.alerts, b"{}"),
        lambda: producer.send_many(emulator.alerts, [{}]),
        producer.flush,
        producer.pause,
        producer.purge,
    ]
    for call in calls:
        with pytest.raises(ClosedError, match="closed") as caught:
            call()
        assert caught.value.code == Code.DP_E_CLOSED
    assert producer.poll(timeout=None) == []
    assert list(producer.reports(timeout=None)) == []
    assert producer.queued == (0, 0)
    assert producer.stats()["objects_taken"] == 0
    assert repr(producer) == "<Producer, closed>"


def test_send_from_another_thread_ends_when_the_producer_is_closed(emulator: Emulator) -> None:
    with emulator.producer(queue_objects=1) as producer, ThreadPoolExecutor(1) as pool:
        producer.pause()
        producer.send(emulator.alerts, {"n": 1})
        waiting = pool.submit(producer.send, emulator.alerts, {"n": 2})
        assert len(producer.close(0)) == 1
        with pytest.raises(ClosedError):
            waiting.result(20)


def test_reports_for_a_thread_of_its_own(emulator: Emulator) -> None:
    with emulator.producer() as producer, ThreadPoolExecutor(1) as pool:
        counting = pool.submit(lambda: sum(1 for _ in producer.reports(timeout=None)))
        for n in range(300):
            producer.send(emulator.alerts, {"n": n})
        producer.close()
        assert counting.result(20) == 300


def test_iteration_that_stops_early_loses_no_report(producer: Producer, emulator: Emulator) -> None:
    producer.send_many(emulator.alerts, b"{}" * 10)
    producer.flush()
    first = next(producer.reports())
    rest = producer.poll(most=4) + producer.poll()
    assert [first.ticket, *(report.ticket for report in rest)] == list(range(1, 11))


def test_purge_and_pause_by_target(producer: Producer, emulator: Emulator) -> None:
    producer.pause(emulator.alerts)
    producer.send_many(emulator.alerts, b"{}{}{}")
    assert producer.purge("another-class") == 0
    assert producer.purge(emulator.alerts) == 3
    reports = list(producer.reports())
    assert [(report.code, report.payload) for report in reports] == [
        (Code.DP_E_CANCELLED, b"{}")
    ] * 3
    with pytest.raises(DatapanelError, match="target") as caught:
        producer.pause("a/b")
    assert caught.value.code == Code.DP_E_ARGUMENT


def test_descriptor_is_readable_while_reports_wait(producer: Producer, emulator: Emulator) -> None:
    assert select.select([producer], [], [], 0)[0] == []
    producer.send(emulator.alerts, {"n": 1})
    assert select.select([producer], [], [], 20)[0] == [producer]
    assert len(producer.poll()) == 1
    assert select.select([producer], [], [], 0)[0] == []


def test_statistics(producer: Producer, emulator: Emulator) -> None:
    producer.send_many(emulator.alerts, b"{}{}{}")
    producer.flush()
    stats = producer.stats()
    assert (stats["objects_taken"], stats["objects_stored"]) == (3, 3)
    assert [each["target"] for each in stats["targets"]] == [emulator.alerts]
    assert "datapanel_objects_stored_total 3\n" in producer.prometheus()


def test_new_token_wakes_what_waits(emulator: Emulator) -> None:
    with emulator.producer(auth_token="expired") as producer:
        future = producer.submit(emulator.alerts, {"n": 1})
        wait_until(lambda: emulator.stats()["requests"] > 0)
        producer.set(auth_token=emulator.token)
        assert future.result(20).ok
        with pytest.raises(ConfigError, match="endpoint"):
            producer.set(endpoint="http://127.0.0.1:1")


def test_bad_objects_are_not_taken(producer: Producer, emulator: Emulator) -> None:
    with pytest.raises(ObjectError) as caught:
        producer.send(emulator.alerts, b'{"a":}')
    assert (caught.value.offset, caught.value.index) == (5, None)
    with pytest.raises(ObjectError, match=r"^a\[0\] is nan") as caught:
        producer.send(emulator.alerts, {"a": [float("nan")]})
    assert caught.value.key == "a[0]"
    with pytest.raises(TooLargeError):
        producer.send(emulator.alerts, {"a": "x" * 12_000_000})
    with pytest.raises(DatapanelError, match="target"):
        producer.send("a/b", {})
    with pytest.raises(TypeError, match="target must be str, not int"):
        producer.send(7, {})  # type: ignore[arg-type]
    assert producer.queued.objects == 0


def test_target_by_name(producer: Producer) -> None:
    assert producer.submit("name:Alert", {"n": 1}).result(20).ok


def test_settings_are_checked(emulator: Emulator) -> None:
    with pytest.raises(ConfigError, match=r"'batch_size'"):
        emulator.producer(batch_size=5)
    with pytest.raises(ConfigError, match=r"linger.*delivery\.timeout"):
        emulator.producer(linger="1h")
    with pytest.raises(TypeError, match="on_report"):
        emulator.producer(on_report="print")
    with pytest.raises(TypeError, match="exit_timeout"):
        emulator.producer(exit_timeout=None)
    with pytest.raises(DatapanelError, match="timeout must be from 0"):
        emulator.producer(exit_timeout=-1)


def test_settings_shared_by_client_and_producer(emulator: Emulator) -> None:
    settings = Settings(**emulator.settings(linger="5ms"))
    with Client(settings) as client, Producer(settings, batch_objects=7) as producer:
        assert client.submit(emulator.alerts, {"n": 1})[0].ok
        assert producer.submit(emulator.alerts, {"n": 2}).result(20).ok


def test_producer_is_not_for_pickling(producer: Producer) -> None:
    with pytest.raises(TypeError, match="belongs to one process"):
        pickle.dumps(producer)


def test_producer_that_nobody_closes_is_noticed_and_goes_on(emulator: Emulator) -> None:
    def send_and_forget() -> None:
        emulator.producer().send(emulator.alerts, {"n": 1})
        gc.collect()

    with pytest.warns(ResourceWarning, match="unclosed <Producer, open>"):
        send_and_forget()
    wait_until(lambda: emulator.stats()["objects"] == 1)


def test_reports_that_nobody_takes_are_bounded(
    producer: Producer, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_inbox, "WAITING_MAX", 3)
    future = producer.submit(emulator.alerts, b"{}")
    producer.send_many(emulator.alerts, b"{}" * 10)
    producer.flush()
    assert future.result(0).ticket == 1
    assert [report.ticket for report in producer.reports()] == [9, 10, 11]
    assert producer._inbox.dropped == 7


def test_possible_duplicate_is_told(producer: Producer, emulator: Emulator) -> None:
    emulator.fault(drop="stored")
    report = producer.submit(emulator.alerts, {"n": 1}).result(20)
    assert (report.possible_duplicate, report.attempts) == (True, 2)
    assert json.loads(emulator.held(report)) == {"n": 1}
    assert emulator.stats()["objects"] == 2


def test_dead_letter_is_told(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "dead.ndjson"
    emulator.fault(status=400)
    with emulator.producer(dead_letter_path=str(file)) as producer:
        producer.send(emulator.alerts, {"n": 1})
        producer.flush()
        producer.send(emulator.alerts, {"n": 2})
        producer.flush()
        dead, good = producer.reports()
    assert (dead.dead_lettered, good.dead_lettered) == (True, False)
    (letter,) = map(json.loads, file.read_text().splitlines())
    assert (letter["ticket"], letter["code"], letter["object"]) == (1, dead.code_name, {"n": 1})
