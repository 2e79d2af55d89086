# SPDX-License-Identifier: Apache-2.0
"""The producer: objects go in one by one, batches go out, a report comes back for each."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from . import _log
from ._beside import Beside
from ._core import Core, check, closed
from ._feed import as_source, is_text
from ._ffi import lib
from ._frames import rows_of
from ._objects import each, text_of
from ._stream import Taken, TextStream
from ._waiting import FOREVER_MS, SLICE_MS, Deadline
from .codes import Code
from .errors import DatapanelError, QueueFullError, WaitError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator
    from types import TracebackType

    from typing_extensions import Self

    from ._feed import Readable
    from ._objects import Object, Objects
    from .report import Report

# How often a thread that sends looks for reports that somebody waits for.
_COLLECT_EVERY = 256
_FUTURE_WAIT_MS = 50


class ReportFuture(Future["Report"]):
    """The outcome of one object: its `Report` when it is stored, else a `DatapanelError`.

    Waiting for it with `result` or `exception` takes reports from the producer. `wait` and
    `as_completed` of `concurrent.futures` do not; another thread has to do it for them, or
    `Producer.flush` before.
    """

    ticket: int
    """The number that the object's report carries."""

    def __init__(self, producer: Producer) -> None:
        """Make one that cannot be cancelled: an object that was taken is sent."""
        super().__init__()
        self._producer = producer
        self.set_running_or_notify_cancel()

    def result(self, timeout: float | None = None) -> Report:
        """Return the report, or raise why the object failed.

        Raises `concurrent.futures.TimeoutError` when that is not known in time.
        """
        self._producer._collect_for(self, timeout)  # noqa: SLF001
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return why the object failed; None when it is stored."""
        self._producer._collect_for(self, timeout)  # noqa: SLF001
        return super().exception(0)


class Producer(Core):
    r"""Takes objects one by one from any thread, and delivers them from a thread of the library.

    It sends them in batches, tries again what was certainly not stored, and reports once about
    each. An object that was taken is never dropped: it is reported, or handed back by `close`.

    >>> from datapanel import Producer
    >>> with Producer.from_environment() as producer:
    ...     ticket = producer.send(alerts, {"title": "SSH brute force"})
    ...     taken = producer.send_many(alerts, b'{"n":1}\n{"n":2}\n')
    >>> taken.objects, [report.stored.name for report in producer.reports()]
    (2, ['YES', 'YES', 'YES'])

    Each report goes to one place: to the future of its object, if `submit` made one; else to
    `on_report`, if there is such a function; else it waits for `poll` or `reports`. The first two
    happen on the thread that calls `poll`, `reports`, `flush`, `close` or the future's `result`,
    and now and then on one that sends; never on a thread of the library. What `on_report` raises
    is logged.

    Waits take no processor, and Ctrl-C ends them at once. In a child made by fork, make another:
    an inherited one raises `ForkedError`.
    """

    __slots__ = ()

    def send(self, target: str, item: Object, *, timeout: float | None = None) -> int:
        """Take one object for a target; return the ticket of its report.

        A target is a data class id, or its name as "name:Alert", which the producer looks up.
        A dict, a dataclass or a model of pydantic becomes compact JSON; JSON in bytes or str is
        sent exactly as it stands. When the queue is full this waits for room, for `timeout`
        seconds: None is for as long as it takes, 0 never waits.

        Raises `QueueFullError` when there was no room, `ObjectError` for what is no JSON object,
        `TooLargeError`, and `ClosedError`; the object was not taken then. Ctrl-C leaves open
        whether it was.
        """
        text = text_of(item)
        name = self._targets.get(target) or self._target(target)
        if timeout is None:
            ticket = self._try_send(name, text, None, SLICE_MS)
            if ticket % _COLLECT_EVERY:
                return ticket
            self._collect_sometimes()
            if ticket:
                return ticket
        return self._deliver(name, text, None, Deadline(timeout))

    def submit(self, target: str, item: Object, *, timeout: float | None = None) -> ReportFuture:
        """Take one object as `send` does, and return a future of its report.

        >>> with Producer.from_environment(linger="10ms") as producer:
        ...     producer.submit(alerts, {"title": "SSH brute force"}).result().ok
        True

        A future costs more than a report; for many objects prefer `on_report` or `reports`.
        """
        self._check_futures()
        future = ReportFuture(self)
        text = text_of(item)
        mark = self._inbox.expect(future)
        try:
            future.ticket = self._deliver(self._target(target), text, mark, Deadline(timeout))
        except BaseException:
            self._inbox.futures.pop(mark, None)
            raise
        return future

    def send_many(
        self,
        target: str,
        source: Objects | os.PathLike[str] | Readable,
        *,
        timeout: float | None = None,
    ) -> Taken:
        """Take many objects for a target, in order; return how many, and the first ticket.

        `source` is text with any number of objects, NDJSON or one JSON array, in bytes or str; the
        path of a file with such text, as `pathlib.Path`; a file open for reading; or an iterable
        of objects as `send` takes them. Text is checked and copied by the library at once, which
        is much faster than any loop. `timeout` bounds the whole call.

        Raises what `send` does. The error's `index` is the number of objects that were taken
        before; `offset` is where in the text the fault is.
        """
        name = self._target(target)
        if not is_text(source):
            return self._send_each(name, each(source), timeout)  # type: ignore[arg-type]
        stream = TextStream(self._open.pointer, name, as_source(source))
        deadline = Deadline(timeout)
        while not stream.is_over:
            self._check_open()
            has_room = stream.step(deadline.slice_ms())
            self._collect_sometimes()
            if not has_room and deadline.over:
                raise no_room(deadline, index=stream.count)
        return Taken(stream.count, stream.first_ticket)

    def send_dataframe(self, target: str, frame: Any, *, timeout: float | None = None) -> Taken:
        """Take each row of a data frame of pandas or polars, or of a table of pyarrow, in order.

        The names of the columns are the members. A value that is missing is left out of its row.
        A column of times has to be text first: only you know the form that the service expects.

        Returns and raises as `send_many` does.
        """
        return self._send_each(self._target(target), rows_of(frame), timeout)

    def poll(self, timeout: float | None = 0, most: int = 1000) -> list[Report]:
        """Return up to so many reports, the oldest first; wait for the first one.

        None as `timeout` waits until there is one, or the producer is closed. What goes to futures
        and to `on_report` is not returned, and ends no wait.
        """
        waiting = self._inbox.waiting
        self._await_report(timeout)
        return [waiting.popleft() for _ in range(min(most, len(waiting)))]

    def reports(self, timeout: float | None = 0) -> Iterator[Report]:
        """Go through the reports that nobody took yet, for as long as another comes in time.

        `timeout` is how long to wait for each. With 0, the default, this ends when none waits; with
        None when the producer is closed and all were taken, which is for a thread of its own.
        """
        while self._await_report(timeout):
            try:
                report = self._inbox.waiting.popleft()
            except IndexError:  # another thread took it
                continue
            yield report

    def flush(self, timeout: float | None = None) -> None:
        """Send what was taken so far without waiting for full batches, until it has its outcome.

        Raises `WaitError` when that takes longer than `timeout` seconds; things go on as before.
        """
        deadline = Deadline(timeout)
        code = self._flush(deadline.slice_ms())
        if code == Code.DP_E_WAIT and not deadline.over:
            # Not in slices: each would wait for what other threads send meanwhile, too.
            code = self._flush_beside(deadline)
        if code == Code.DP_E_WAIT:
            raise WaitError(
                f"not everything has its outcome after {timeout} s; it goes on, so flush again",
                code=code,
            )
        check(code, "flush")
        self._collect_wanted()

    def close(self, timeout: float | None = None) -> list[Report]:
        """Take no more objects, deliver what there is, and return what is left after `timeout`.

        What is left has the code `DP_E_CANCELLED`, tells by `stored` whether the service could
        hold it, and has the object's exact bytes; it stays in `leftovers`. None as `timeout` lasts
        until everything has its outcome, which the setting `delivery.timeout` bounds. Ctrl-C ends
        the wait at once, with what is left in `leftovers`.

        With the setting `spool_path` nothing is left: it stays in the spool, and the next producer
        with that folder delivers and reports it.

        Reports can be taken afterwards, too. Closing again does nothing.

        >>> producer = Producer.from_environment()
        >>> producer.pause()
        >>> ticket = producer.send(alerts, {"n": 1})
        >>> [(report.ticket == ticket, report.payload) for report in producer.close(timeout=0)]
        [(True, b'{"n":1}')]
        """
        deadline = Deadline(timeout)
        if self._open.ended or self._open.forked:
            return []
        wait_ms = 0
        try:
            self._open.finish(deadline, self._collect_wanted)
            wait_ms = deadline.slice_ms()
        finally:
            self._hand_back(self._open.stop(wait_ms))
        return self.leftovers

    def __enter__(self) -> Self:
        """Return the producer itself, to be closed at the end of the `with`."""
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the producer when all is delivered; after an exception within `exit_timeout`."""
        self.close(None if exception is None else self._open.exit_timeout)

    def _deliver(self, name: bytes, text: bytes, mark: int | None, deadline: Deadline) -> int:
        while True:
            ticket = self._try_send(name, text, mark, deadline.slice_ms())
            if ticket % _COLLECT_EVERY == 0:
                self._collect_sometimes()
            if ticket:
                return ticket
            if deadline.over:
                raise no_room(deadline)

    def _send_each(self, name: bytes, items: Iterable[Object], timeout: float | None) -> Taken:
        deadline = Deadline(timeout)
        first = None
        count = 0
        for item in items:
            text = text_of(item, count)
            try:
                ticket = self._deliver(name, text, None, deadline)
            except DatapanelError as error:
                error.place(count)
                raise
            count += 1
            first = first or ticket
        return Taken(count, first)

    def _collect_sometimes(self) -> None:
        """Hand out what somebody waits for, lest it be dropped while all threads only send."""
        inbox = self._inbox
        if inbox.collects and not inbox.is_handing_out:
            self._collect_all()

    def _collect_wanted(self) -> None:
        _log.hand_over()
        if self._inbox.collects:
            self._collect_all()

    def _await_report(self, timeout: float | None) -> bool:
        """Wait until a report is there that nobody else gets; False when there is none in time."""
        waiting = self._inbox.waiting
        deadline = Deadline(timeout)
        while not waiting:
            if self._collect(deadline.slice_ms()):
                continue
            if deadline.over or self._open.stopped:
                break
        return bool(waiting)

    def _collect_for(self, future: ReportFuture, timeout: float | None) -> None:
        deadline = Deadline(timeout)
        while not future.done():
            # Another thread may take the very report: a short wait notices that soon.
            is_any = self._collect(min(deadline.slice_ms(), _FUTURE_WAIT_MS))
            if not is_any and (deadline.over or self._open.stopped):
                return

    def _flush(self, wait_ms: int) -> int:
        code: int = lib.dp_producer_flush(self._open.pointer, wait_ms, None)
        self._collect_wanted()
        return code

    def _flush_beside(self, deadline: Deadline) -> int:
        opened = self._open
        codes: list[int] = []
        left = deadline.left()
        wait_ms = FOREVER_MS if left is None else int(left * 1000)
        flushing = Beside(
            lambda: codes.append(lib.dp_producer_flush(opened.pointer, wait_ms, None))
        )
        while not flushing.wait(SLICE_MS / 1000):
            self._collect_wanted()
        return codes[0]

    def _check_open(self) -> None:
        if self._open.ended:
            raise closed()


def no_room(deadline: Deadline, index: int | None = None) -> QueueFullError:
    """Return the error about a queue that was full all the time."""
    what = "the object was" if index is None else f"objects from number {index} on were"
    return QueueFullError(
        "no room in the queue (queue.objects and queue.bytes, or spool.bytes) within "
        f"{deadline.timeout} s; {what} not taken",
        code=Code.DP_E_QUEUE_FULL,
        index=index,
    )
