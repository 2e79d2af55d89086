# SPDX-License-Identifier: Apache-2.0
"""The producers that are open in this process, and how one ends.

One that nobody closes goes on until the process ends, and then has some time to deliver what it
holds. Its thread is stopped in any case before the interpreter goes away, because it calls the
interpreter to write to the log.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import weakref
from ctypes import POINTER, byref, c_size_t
from typing import TYPE_CHECKING, Any

from . import _log
from ._failure import Failure
from ._ffi import dp_reports, lib
from ._handle import lock
from ._waiting import SLICE_MS, Deadline
from .codes import Code
from .errors import ClosedError, DatapanelError
from .report import read_marked
from .settings import handle_of

if TYPE_CHECKING:
    from typing import Callable

    from .report import Marked
    from .settings import Settings

_living: set[OpenProducer] = set()
_process_ends = False
_last_wait_ms = 0
# The process of multiprocessing whose end is noticed.
_child = 0


class OpenProducer:
    """A dp_producer, freed when nobody refers to it any more.

    Nobody can be in one of its calls then, so that calls need not be counted.
    """

    __slots__ = ("__weakref__", "_free", "ended", "exit_timeout", "forked", "pointer", "stopped")

    def __init__(self, settings: Settings, exit_timeout: float) -> None:
        self.pointer = _new(settings)
        self.exit_timeout = exit_timeout
        # Whether it takes no more objects.
        self.ended = False
        # Whether no more reports can come.
        self.stopped = False
        # Whether it is that of the parent process.
        self.forked = False
        self._free = weakref.finalize(self, lib.dp_producer_free, self.pointer)
        self._free.atexit = False
        _living.add(self)
        _end_with_this_child()

    def finish(self, deadline: Deadline, meanwhile: Callable[[], object]) -> None:
        """Take no more objects, and wait until all have their outcome or the time is over."""
        self.ended = True
        queued = c_size_t()
        while True:
            code = lib.dp_producer_flush(self.pointer, deadline.slice_ms(), None)
            meanwhile()
            # A thread that waited for room may have got it after the flush began.
            lib.dp_producer_queued(self.pointer, byref(queued), None)
            is_over = code != Code.DP_E_WAIT and not queued.value
            if is_over or deadline.over or code in (Code.DP_E_FORKED, Code.DP_E_CLOSED):
                return

    def stop(self, wait_ms: int = 0) -> list[Marked]:
        """End the thread; return what has no outcome. The wait is for what came in between."""
        self.ended = True
        pointer = POINTER(dp_reports)()
        with Failure() as failure:
            try:
                code = lib.dp_producer_close(self.pointer, wait_ms, byref(pointer), failure.out)
                left = read_marked(pointer)
            finally:
                lib.dp_reports_free(pointer)
            # In a child, and after another thread closed it, there is nothing left to do.
            if code not in (Code.DP_OK, Code.DP_E_CANCELLED, Code.DP_E_CLOSED, Code.DP_E_FORKED):
                raise failure.exception(code)
        self.stopped = True
        _living.discard(self)
        return left


def _new(settings: Settings) -> Any:
    with lock, Failure() as failure:
        if _process_ends:
            raise ClosedError("the process ends; it takes no producer", code=Code.DP_E_CLOSED)
        pointer = lib.dp_producer_new(handle_of(settings), failure.out)
        if not pointer:
            raise failure.exception()
    return pointer


def _end_all() -> None:
    _deliver_all()
    _stop_all()


def _deliver_all() -> None:
    """Give every producer its time, all of them at once."""
    global _process_ends, _last_wait_ms  # noqa: PLW0603
    try:
        with lock:
            _process_ends = True
        waits = [(each, Deadline(each.exit_timeout)) for each in _living]
        for each, deadline in waits:
            each.finish(deadline, _log.hand_over)
        if waits and not waits[-1][1].over:
            _last_wait_ms = SLICE_MS
    except KeyboardInterrupt:
        _log.logger().warning("interrupted; what is not delivered yet is given up")


def _stop_all() -> None:
    """Stop every producer whatever comes, and say how many objects are left."""
    # The last interrupt may come now, and ends this; then it is called once more.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        lost = sum(_stopped(each) for each in list(_living))
        _log.hand_over()
        if lost:
            _log.logger().warning("the process ended with %d objects that were not delivered", lost)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _stopped(producer: OpenProducer) -> int:
    try:
        return len(producer.stop(_last_wait_ms))
    except DatapanelError:  # of memory that ran out
        return 0


def _end_with_this_child() -> None:
    """Have the end of a process of multiprocessing noticed: it runs no `atexit`."""
    global _child  # noqa: PLW0603
    multiprocessing = sys.modules.get("multiprocessing")
    if _child == os.getpid() or multiprocessing is None or not multiprocessing.parent_process():
        return
    from multiprocessing.util import Finalize  # noqa: PLC0415

    _child = os.getpid()
    Finalize(None, _end_all, exitpriority=100)


def _forget_all() -> None:
    """In a child: what is open belongs to the parent, and so do the lines of its log."""
    for each in _living:
        each.forked = True
    _living.clear()
    _log.lines.clear()


# Its own end comes after ours: they are in reverse order.
_log.logger()
atexit.register(_stop_all)
atexit.register(_stop_all)
atexit.register(_deliver_all)
os.register_at_fork(after_in_child=_forget_all)
