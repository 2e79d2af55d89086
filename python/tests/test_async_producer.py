# SPDX-License-Identifier: Apache-2.0
"""The producer of an event loop: it never blocks the loop, and cancelling is safe."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import (
    AsyncProducer,
    ClosedError,
    Code,
    ConfigError,
    ObjectError,
    RejectedError,
    Report,
    Taken,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from emulator import Emulator

DEADLINE = 20


def run(
    emulator: Emulator, claims: Callable[[AsyncProducer], Awaitable[None]], **more: Any
) -> None:
    """Run claims about a producer in a loop of their own."""

    async def main() -> None:
        async with AsyncProducer(**emulator.settings(**{"linger": "5ms", **more})) as producer:
            await asyncio.wait_for(claims(producer), DEADLINE)

    asyncio.run(main())


async def turns(count: int = 10) -> None:
    """Let everything that is ready have its turn."""
    for _ in range(count):
        await asyncio.sleep(0)


def test_send_and_iterate(emulator: Emulator) -> None:
    async def main() -> list[Report]:
        async with AsyncProducer(**emulator.settings()) as producer:
            tickets = [await producer.send(emulator.alerts, {"n": n}) for n in range(300)]
            assert tickets == list(range(1, 301))
        return [report async for report in producer]

    reports = asyncio.run(asyncio.wait_for(main(), DEADLINE))
    assert sorted(report.ticket for report in reports) == list(range(1, 301))
    assert all(report.ok for report in reports)
    assert emulator.stats()["objects"] == 300


def test_last_reports_are_there_after_the_end(emulator: Emulator) -> None:
    class Deaf(AsyncProducer):
        """Never looks while it is open."""

        __slots__ = ()

        def _on_readable(self) -> None:
            assert self._loop is not None
            self._loop.remove_reader(self.fileno())

    async def deaf() -> int:
        producer = Deaf(**emulator.settings(linger="5ms"))
        await producer.send_many(emulator.alerts, b"{}" * 20)
        await producer.close()
        return len([report async for report in producer])

    assert asyncio.run(asyncio.wait_for(deaf(), DEADLINE)) == 20


def test_reports_come_while_it_is_open(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        reading = asyncio.ensure_future(anext_of(producer.reports()))
        await turns()
        ticket = await producer.send(emulator.alerts, {"n": 1})
        assert (await reading).ticket == ticket

    run(emulator, claims)


async def anext_of(reports: AsyncIterator[Report]) -> Report:
    """Return the next one."""
    async for report in reports:
        return report
    raise AssertionError("no report")


def test_futures(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        futures = [await producer.submit(emulator.alerts, {"n": n}) for n in range(100)]
        assert all(report.ok for report in await asyncio.gather(*futures))
        emulator.fault(status=400, times=0)
        failing = await producer.submit(emulator.alerts, b"{}")
        with pytest.raises(RejectedError) as caught:
            await failing
        assert [report.payload for report in caught.value.reports] == [b"{}"]

    run(emulator, claims)


def test_future_that_is_cancelled_leaves_the_object_alone(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        (await producer.submit(emulator.alerts, {"n": 1})).cancel()
        await producer.flush()
        assert emulator.stats()["objects"] == 1

    run(emulator, claims)


def test_on_report(emulator: Emulator) -> None:
    seen: list[int] = []

    async def claims(producer: AsyncProducer) -> None:
        await producer.send_many(emulator.alerts, b"{}" * 500)
        await producer.flush()
        assert sorted(seen) == list(range(1, 501))

    run(emulator, claims, on_report=lambda report: seen.append(report.ticket))


def test_full_queue_is_awaited_in_turn_and_the_loop_goes_on(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        producer.pause()
        order: list[int] = []

        async def send(n: int) -> None:
            await producer.send(emulator.alerts, {"n": n})
            order.append(n)

        sending = [asyncio.ensure_future(send(n)) for n in range(50)]
        await turns(100)
        assert order == [0, 1, 2, 3]
        producer.resume()
        await asyncio.gather(*sending)
        assert order == list(range(50))

    run(emulator, claims, queue_objects=4, batch_objects=2)
    assert emulator.stats()["objects"] == 50


def test_cancelled_send_was_not_taken(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        producer.pause()
        await producer.send(emulator.alerts, {"n": 0})
        sending = [
            asyncio.ensure_future(producer.send(emulator.alerts, {"n": n})) for n in range(1, 21)
        ]
        await turns()
        for each in sending[::2]:
            each.cancel()
        await turns()
        assert producer.queued.objects == 1
        producer.resume()
        results = await asyncio.gather(*sending, return_exceptions=True)
        taken = [result for result in results if isinstance(result, int)]
        assert len(taken) == 10
        await producer.flush()
        assert producer.stats()["objects_taken"] == 11

    run(emulator, claims, queue_objects=1)
    assert emulator.stats()["objects"] == 11


def test_cancelling_at_any_moment_is_all_or_nothing(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        taken = 0
        for moment in range(100):
            sending = asyncio.ensure_future(producer.send(emulator.alerts, {"n": moment}))
            await turns(moment % 4)
            sending.cancel()
            taken += not isinstance(
                (await asyncio.gather(sending, return_exceptions=True))[0], asyncio.CancelledError
            )
        await producer.flush()
        assert producer.stats()["objects_taken"] == taken

    run(emulator, claims, queue_objects=3, batch_objects=1)


def test_submit_that_is_cancelled_leaves_no_future(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        producer.pause()
        await producer.send(emulator.alerts, {})
        waiting = asyncio.ensure_future(producer.submit(emulator.alerts, {}))
        await turns()
        waiting.cancel()
        await turns()
        assert producer._inbox.futures == {}
        producer.resume()

    run(emulator, claims, queue_objects=1)


def test_many_of_every_kind(emulator: Emulator, tmp_path: Path) -> None:
    lines = [b'{"n":%d}' % n for n in range(1000)]
    file = tmp_path / "objects.ndjson"
    file.write_bytes(b"\n".join(lines))

    async def generated() -> AsyncIterator[bytes]:
        for line in lines:
            yield line

    async def claims(producer: AsyncProducer) -> None:
        sources: list[Any] = [b"\n".join(lines), file, lines, generated()]
        first = 1
        for source in sources:
            assert await producer.send_many(emulator.alerts, source) == Taken(1000, first)
            first += 1000
        with file.open("rb") as opened:
            assert await producer.send_many(emulator.alerts, opened) == Taken(1000, first)
        with pytest.raises(ObjectError, match=r"^object 1: ") as caught:
            await producer.send_many(emulator.alerts, [b"{}", 7])  # type: ignore[list-item]
        assert caught.value.index == 1

    run(emulator, claims, queue_objects=50, batch_objects=25)
    assert emulator.stats()["objects"] == 5001


def test_close_hands_back_what_is_left(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        producer.pause()
        future = await producer.submit(emulator.alerts, {"n": 1})
        waiting = asyncio.ensure_future(producer.send(emulator.alerts, {"n": 2}))
        await turns()
        left = await producer.close(timeout=0.05)
        assert [report.payload for report in left] == [b'{"n":1}']
        assert producer.leftovers == left
        with pytest.raises(ClosedError):
            await waiting
        with pytest.raises(ClosedError):
            await producer.send(emulator.alerts, {"n": 3})
        assert getattr(future.exception(), "code", None) == Code.DP_E_CANCELLED
        assert await producer.close() == []

    run(emulator, claims, queue_objects=1)


def test_close_that_is_cancelled_keeps_what_is_left(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        producer.pause()
        await producer.send(emulator.alerts, {"n": 1})
        closing = asyncio.ensure_future(producer.close())
        await turns()
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        assert [report.payload for report in producer.leftovers] == [b'{"n":1}']

    run(emulator, claims)


def test_task_that_is_cancelled_still_delivers(emulator: Emulator) -> None:
    started: list[AsyncProducer] = []

    async def work() -> None:
        async with AsyncProducer(**emulator.settings()) as producer:
            await producer.send(emulator.alerts, {"n": 1})
            started.append(producer)
            await asyncio.Event().wait()

    async def main() -> None:
        task = asyncio.ensure_future(work())
        while not started:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert started[0].leftovers == []
    assert emulator.stats()["objects"] == 1


def test_flush_can_be_bounded(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        producer.pause()
        await producer.send(emulator.alerts, {"n": 1})
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(producer.flush(), 0.01)
        producer.resume()
        await producer.flush()
        assert producer.queued.objects == 0

    run(emulator, claims)


def test_it_belongs_to_one_loop(emulator: Emulator) -> None:
    producer = AsyncProducer(**emulator.settings())

    async def send() -> None:
        await producer.send(emulator.alerts, {})

    async def again_and_close() -> None:
        with pytest.raises(RuntimeError, match="another event loop"):
            await producer.send(emulator.alerts, {})

    first = asyncio.new_event_loop()
    first.run_until_complete(send())
    asyncio.run(again_and_close())
    first.run_until_complete(producer.close())
    first.close()


def test_futures_need_all_reports(emulator: Emulator) -> None:
    async def claims(producer: AsyncProducer) -> None:
        with pytest.raises(ConfigError, match="reports = all"):
            await producer.submit(emulator.alerts, {})

    run(emulator, claims, reports="none")


def test_data_frame(emulator: Emulator) -> None:
    class Frame:
        """What a frame of polars looks like."""

        def iter_rows(self, *, named: bool) -> list[dict[str, Any]]:
            assert named
            return [{"a": 1, "b": None}, {"a": 2, "b": "x"}]

    async def claims(producer: AsyncProducer) -> None:
        assert await producer.send_dataframe(emulator.alerts, Frame()) == Taken(2, 1)

    run(emulator, claims)
