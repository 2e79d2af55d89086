# SPDX-License-Identifier: Apache-2.0
"""Reports on their way from the library to whoever waits for them."""

from __future__ import annotations

import threading
from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any, Callable, Optional

from . import _log
from ._failure import error_of
from .codes import Code, Stored
from .errors import UnconfirmedError

if TYPE_CHECKING:
    from .report import Marked, Report

OnReport = Optional[Callable[["Report"], object]]

# As many as the library keeps when nobody collects them.
WAITING_MAX = 100_000


class Inbox:
    """Gives each report to the future of its object, else to `on_report`, else to `waiting`.

    Nothing here is locked: what threads share are operations that the interpreter does at once.
    """

    __slots__ = ("_arrived", "_busy", "_marks", "dropped", "futures", "on_report", "waiting")

    def __init__(self, on_report: OnReport) -> None:
        self.on_report = on_report
        # By the `opaque` that their objects are sent with.
        self.futures: dict[int, Any] = {}
        self.waiting: deque[Report] = deque()
        self.dropped = 0
        self._marks = count(1)
        self._arrived: deque[Marked] = deque()
        # The threads that hand out reports now.
        self._busy: set[int] = set()

    @property
    def collects(self) -> bool:
        """Whether somebody waits for reports without asking for them."""
        return self.on_report is not None or bool(self.futures)

    @property
    def is_handing_out(self) -> bool:
        """Whether this thread is in `on_report`, or in what follows a future."""
        return threading.get_ident() in self._busy

    def expect(self, future: Any) -> int:
        """Return the `opaque` for an object whose report shall go to this future."""
        mark = next(self._marks)
        self.futures[mark] = future
        return mark

    def add(self, reports: list[Marked]) -> None:
        """Hand out reports; what an exception interrupts goes on with the next call."""
        self._arrived.extend(reports)
        thread = threading.get_ident()
        is_outermost = thread not in self._busy
        self._busy.add(thread)
        try:
            while self._arrived:
                try:
                    mark, report = self._arrived.popleft()
                except IndexError:  # another thread had it
                    return
                self._hand_out(mark, report)
        finally:
            if is_outermost:
                self._busy.discard(thread)

    def give_up(self) -> None:
        """Fail the futures whose reports were dropped; no report comes any more."""
        while self.futures:
            _, future = self.futures.popitem()
            if not future.done():
                future.set_exception(
                    UnconfirmedError(
                        "the object's report was dropped, because nobody took reports for long, or "
                        "the object stays in the spool for the next process",
                        code=Code.DP_E_CLOSED,
                        stored=Stored.MAYBE,
                    )
                )

    def _hand_out(self, mark: int, report: Report) -> None:
        future = self.futures.pop(mark, None) if mark else None
        if future is not None:
            settle(future, report)
        elif self.on_report is None:
            self.waiting.append(report)
            while len(self.waiting) > WAITING_MAX:
                self.waiting.popleft()
                self.dropped += 1
        else:
            try:
                self.on_report(report)
            except Exception:  # noqa: BLE001
                _log.logger().exception("on_report failed for object %d", report.ticket)


def settle(future: Any, report: Report) -> None:
    """Complete a future, of either kind, with a report: as an exception when it is a failure."""
    if future.done():
        return
    if report.ok:
        future.set_result(report)
    else:
        future.set_exception(error_of(report))
