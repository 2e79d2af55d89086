# SPDX-License-Identifier: Apache-2.0
"""The future of an object is its report."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TYPE_CHECKING

import pytest

from datapanel import (
    Code,
    ConfigError,
    DatapanelError,
    Producer,
    RejectedError,
    Stored,
    UnconfirmedError,
)
from emulator import wait_until

if TYPE_CHECKING:
    from emulator import Emulator


def test_future_is_its_report(producer: Producer, emulator: Emulator) -> None:
    future = producer.submit(emulator.alerts, {"n": 1})
    report = future.result(20)
    assert (report.ticket, report.ok) == (future.ticket, True)
    assert future.exception() is None
    assert producer.poll() == [], "a report goes to one place"


def test_future_of_a_failure_raises(producer: Producer, emulator: Emulator) -> None:
    emulator.fault(status=400, body='{"code":"SecMaster.1","message":"no"}', times=0)
    future = producer.submit(emulator.alerts, b'{ "n" : 1.50 }')
    with pytest.raises(RejectedError) as caught:
        future.result(20)
    error = caught.value
    assert (error.stored, error.http_status, error.server_code) == (Stored.NO, 400, "SecMaster.1")
    assert [report.payload for report in error.reports] == [b'{ "n" : 1.50 }']
    assert future.exception() is error


def test_future_that_is_there_already(producer: Producer, emulator: Emulator) -> None:
    future = producer.submit(emulator.alerts, {"n": 1})
    wait_until(lambda: producer.stats()["reports_waiting"] == 1)
    assert future.result(0).ok


def test_flush_completes_futures(producer: Producer, emulator: Emulator) -> None:
    futures = [producer.submit(emulator.alerts, {"n": n}) for n in range(50)]
    plain = producer.send(emulator.alerts, {"plain": True})
    producer.flush()
    done = [future.result().ticket for future in as_completed(futures, timeout=0)]
    assert sorted(done) == [future.ticket for future in futures]
    assert [report.ticket for report in producer.reports()] == [plain]


def test_future_that_is_late(producer: Producer, emulator: Emulator) -> None:
    producer.pause()
    future = producer.submit(emulator.alerts, {"n": 1})
    with pytest.raises(FutureTimeoutError):
        future.result(0.01)
    assert not future.cancel()
    producer.resume()
    assert future.result(20).ok


def test_many_threads_share_futures(producer: Producer, emulator: Emulator) -> None:
    def send(n: int) -> bool:
        return producer.submit(emulator.alerts, {"n": n}).result(20).ok

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(send, range(200)))
    assert emulator.stats()["objects"] == 200


def test_futures_of_what_is_left_fail(emulator: Emulator) -> None:
    with emulator.producer() as producer:
        producer.pause()
        future = producer.submit(emulator.alerts, {"n": 1})
        [left] = producer.close(0)
    assert (left.code, left.payload) == (Code.DP_E_CANCELLED, b'{"n":1}')
    error = future.exception(0)
    assert isinstance(error, DatapanelError)
    assert (error.code, error.stored, error.reports) == (left.code, left.stored, [left])


def test_futures_need_all_reports(emulator: Emulator) -> None:
    with emulator.producer(reports="failures") as producer:
        with pytest.raises(ConfigError, match="reports = all") as caught:
            producer.submit(emulator.alerts, {})
        assert caught.value.key == "reports"
        assert producer.queued.objects == 0


def test_future_whose_report_was_dropped(emulator: Emulator) -> None:
    with emulator.producer() as producer:
        future = producer.submit(emulator.alerts, b"{}")
        wait_until(lambda: producer.stats()["reports_waiting"] == 1)
        # What the library does when there are too many.
        producer._inbox.futures = {2**40: producer._inbox.futures.popitem()[1]}
    with pytest.raises(UnconfirmedError, match="report was dropped"):
        future.result(0)
