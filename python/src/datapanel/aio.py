# SPDX-License-Identifier: Apache-2.0
"""The producer for asyncio: sending waits for room by awaiting, and reports come by the loop."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable

from ._beside import Beside
from ._core import Core, check, closed
from ._feed import as_source, is_text
from ._ffi import lib
from ._frames import rows_of
from ._objects import each, text_of
from ._stream import Taken, TextStream
from ._waiting import FOREVER_MS, Deadline
from .codes import Code
from .errors import DatapanelError, WaitError

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterable, AsyncIterator, Iterable
    from types import TracebackType

    from typing_extensions import Self

    from ._feed import Readable
    from ._objects import Object, Objects
    from .report import Marked, Report

# A send that finds room does not wait for anything; now and then it lets others have their turn.
_TURN_EVERY = 64


class AsyncProducer(Core):
    """A `Producer` for one event loop of asyncio: what waits there is awaited here.

    >>> import asyncio
    >>> from datapanel import AsyncProducer
    >>> async def main():
    ...     async with AsyncProducer.from_environment() as producer:
    ...         ticket = await producer.send(alerts, {"title": "SSH brute force"})
    ...         stored = await producer.submit(alerts, {"title": "port scan"})
    ...         print((await stored).ok)
    ...     async for report in producer:
    ...         print(report.ticket == ticket, report.stored.name)
    >>> asyncio.run(main())
    True
    True YES

    Each report goes to one place: to the future of its object, if `submit` made one; else to
    `on_report`, which the loop calls; else to `reports`, or `async for` on the producer itself.
    A bound on a wait is `asyncio.timeout` or `asyncio.wait_for`: each can be cancelled, and an
    object whose `send` was cancelled was not taken.

    It belongs to the loop that first waits for it.
    """

    __slots__ = ("_loop", "_news", "_room", "_sends", "_turn")

    _loop: asyncio.AbstractEventLoop | None
    _turn: asyncio.Lock
    _room: asyncio.Event
    _news: asyncio.Event

    async def send(self, target: str, item: Object) -> int:
        """Take one object as `Producer.send` does; await room when the queue is full.

        Senders that wait have their turn in order. When this is cancelled, the object was not
        taken; when it returns, it was, once.
        """
        self._attach()
        return await self._deliver(self._target(target), text_of(item), None)

    async def submit(self, target: str, item: Object) -> asyncio.Future[Report]:
        """Take one object as `send` does, and return a future of its report.

        The future raises the `DatapanelError` that says why an object failed. To cancel the future
        does not cancel the object.
        """
        loop = self._attach()
        self._check_futures()
        future: asyncio.Future[Report] = loop.create_future()
        text = text_of(item)
        mark = self._inbox.expect(future)
        try:
            await self._deliver(self._target(target), text, mark)
        except BaseException:
            self._inbox.futures.pop(mark, None)
            raise
        return future

    async def send_many(
        self,
        target: str,
        source: Objects | AsyncIterable[Object] | os.PathLike[str] | Readable,
    ) -> Taken:
        """Take many objects as `Producer.send_many` does, or those of an async iterable.

        A file is read by the loop itself, 256 KiB at a time. When this is cancelled, the objects
        up to some point were taken, each once.
        """
        self._attach()
        name = self._target(target)
        if is_text(source):
            return await self._send_text(name, source)
        items: Any = source
        return await self._send_each(
            name, items if hasattr(items, "__aiter__") else _async(each(items))
        )

    async def send_dataframe(self, target: str, frame: Any) -> Taken:
        """Take each row of a data frame as `Producer.send_dataframe` does."""
        self._attach()
        return await self._send_each(self._target(target), _async(rows_of(frame)))

    async def reports(self) -> AsyncIterator[Report]:
        """Go through the reports as they come, until the producer is closed and all were taken."""
        self._attach()
        waiting = self._inbox.waiting
        while True:
            while waiting:
                yield waiting.popleft()
            if self._open.stopped:
                return
            self._news.clear()
            await self._news.wait()

    def __aiter__(self) -> AsyncIterator[Report]:
        """Go through `reports`."""
        return self.reports()

    async def flush(self) -> None:
        """Send what was taken so far without waiting for full batches, until it has its outcome."""
        self._attach()
        pointer = self._open.pointer
        codes: list[int] = []

        def flush() -> None:
            codes.append(lib.dp_producer_flush(pointer, FOREVER_MS, None))

        await self._beside(flush)
        if codes[0] == Code.DP_E_WAIT:
            raise WaitError("not everything has its outcome; it goes on", code=codes[0])
        check(codes[0], "flush")
        self._collect_all()

    async def close(self, timeout: float | None = None) -> list[Report]:
        """Take no more objects, deliver what there is, and return what is left after `timeout`.

        As `Producer.close`; when it is cancelled it ends within half a second, with what is left
        in `leftovers`.
        """
        deadline = Deadline(timeout)
        if self._open.ended or self._open.forked:
            return []
        self._attach()
        self._open.ended = True
        self._room.set()
        opened, left, is_cancelled = self._open, list[Any](), False

        def meanwhile() -> None:
            if is_cancelled:
                raise _CancelledWait

        def finish() -> None:
            wait_ms = 0
            try:
                opened.finish(deadline, meanwhile)
                wait_ms = deadline.slice_ms()
            except _CancelledWait:
                pass
            finally:
                left.extend(opened.stop(wait_ms))

        done = self._beside(finish)
        try:
            await asyncio.shield(done)
        except asyncio.CancelledError:
            is_cancelled = True
            while not done.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([done])
            raise
        finally:
            self._detach(left)
        return self.leftovers

    async def __aenter__(self) -> Self:
        """Return the producer itself, to be closed at the end of the `async with`."""
        self._attach()
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the producer when all is delivered; after an exception within `exit_timeout`."""
        await self.close(None if exception is None else self._open.exit_timeout)

    def _attach(self) -> asyncio.AbstractEventLoop:
        """Begin to listen, the first time; what is awaited has to be awaited by one loop."""
        loop = asyncio.get_running_loop()
        known: asyncio.AbstractEventLoop | None = getattr(self, "_loop", None)
        if known is loop:
            return loop
        if known is not None:
            raise RuntimeError("this producer belongs to another event loop; make one for this one")
        self._loop = loop
        self._sends = 0
        self._turn, self._room, self._news = asyncio.Lock(), asyncio.Event(), asyncio.Event()
        loop.add_reader(self.fileno(), self._on_readable)
        return loop

    def _detach(self, left: list[Marked]) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self.fileno())
        # The last ones came after the loop looked.
        self._collect_all()
        self._hand_back(left)
        self._room.set()
        self._news.set()

    def _on_readable(self) -> None:
        """There are reports, or there is room again, which to collect takes note of."""
        self._collect(0)
        self._room.set()
        self._news.set()

    async def _deliver(self, name: bytes, text: bytes, mark: int | None) -> int:
        self._sends += 1
        if self._sends % _TURN_EVERY == 0:
            await asyncio.sleep(0)
        if not self._turn.locked():
            ticket = self._try_send(name, text, mark, 0)
            if ticket:
                return ticket
        async with self._turn:
            while True:
                self._room.clear()
                ticket = self._try_send(name, text, mark, 0)
                if ticket:
                    return ticket
                await self._room.wait()

    async def _send_text(self, name: bytes, source: Any) -> Taken:
        stream = TextStream(self._open.pointer, name, as_source(source))
        async with self._turn:
            while not stream.is_over:
                if self._open.ended:
                    raise closed()
                self._room.clear()
                if stream.step(0):
                    await asyncio.sleep(0)
                else:
                    await self._room.wait()
        return Taken(stream.count, stream.first_ticket)

    async def _send_each(self, name: bytes, items: AsyncIterable[Object]) -> Taken:
        first = None
        count = 0
        async for item in items:
            text = text_of(item, count)
            try:
                ticket = await self._deliver(name, text, None)
            except DatapanelError as error:
                error.place(count)
                raise
            count += 1
            first = first or ticket
        return Taken(count, first)

    def _beside(self, function: Callable[[], None]) -> asyncio.Future[None]:
        """Run a call that waits in a thread; return a future of its end.

        It is no task: those are all cancelled when a loop ends.
        """
        loop = asyncio.get_running_loop()
        done = loop.create_future()

        def settle() -> None:
            if done.cancelled():
                return
            try:
                call.wait(0)
            except Exception as failure:  # noqa: BLE001
                done.set_exception(failure)
            else:
                done.set_result(None)

        def tell() -> None:
            with suppress(RuntimeError):  # of a loop that is closed
                loop.call_soon_threadsafe(settle)

        call = Beside(function, tell)
        return done


class _CancelledWait(Exception):  # noqa: N818
    """Whoever waits was cancelled."""


async def _async(items: Iterable[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item
