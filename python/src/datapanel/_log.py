# SPDX-License-Identifier: Apache-2.0
"""The library's log, as records of the logger "datapanel".

A producer writes its log from a thread of the library, a client while it is called. There nothing
happens but that the line is put aside: a handler of `logging` could wait, raise or call the library
again. The line is logged by the client when its call is over, and else by the next thread that
calls a producer, with the time that it was written at; and nobody starts a thread for it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Any, Callable

from ._ffi import dp_log_fn
from ._text import decoded

if TYPE_CHECKING:
    import logging

# Those of `logging` for those of syslog.
_LEVELS = {3: 40, 4: 30, 6: 20, 7: 10}
_INFO = 20

# Lines that nobody has come for. When there are too many the oldest go.
_LIMIT = 10_000
lines: deque[tuple[float, int, str, str]] = deque(maxlen=_LIMIT)


def _put_aside(level: int, area: bytes, message: bytes, _: Any) -> None:
    lines.append((time.time(), level, decoded(area) or "", decoded(message) or ""))


def logger() -> logging.Logger:
    """Return where the log goes; a client that has none does without `logging`."""
    import logging  # noqa: PLC0415

    return logging.getLogger("datapanel")


# Kept for as long as the process lives: a producer may use it until its end.
function: Callable[..., None] = dp_log_fn(_put_aside)


# The threads that log now. A handler may send what it gets through a producer, which comes here.
_busy: set[int] = set()


def hand_over() -> None:
    """Log what was put aside."""
    thread = threading.get_ident()
    if not lines or thread in _busy:
        return
    _busy.add(thread)
    try:
        while lines:
            _log(*lines.popleft())
    except IndexError:  # another thread had the last one
        return
    finally:
        _busy.discard(thread)


def _log(created: float, level: int, area: str, message: str) -> None:
    to = logger()
    severity = _LEVELS.get(level, _INFO)
    if to.isEnabledFor(severity):
        record = to.makeRecord(
            to.name, severity, __file__, 0, "%s: %s", (area, message), None, "libdatapanel"
        )
        record.created, record.msecs = created, (created % 1) * 1000
        to.handle(record)
