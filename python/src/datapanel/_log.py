# SPDX-License-Identifier: Apache-2.0
"""The library's log, as records of the logger "datapanel".

A producer writes its log from a thread of the library. There nothing happens but that the line is
put aside: a handler of `logging` could wait, raise or call the library again. The line is logged by
the next thread that calls the producer, with the time that it was written at; and nobody starts a
thread for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Any, Callable

from ._ffi import dp_log_fn
from ._text import decoded

logger = logging.getLogger("datapanel")

_LEVELS = {3: logging.ERROR, 4: logging.WARNING, 6: logging.INFO, 7: logging.DEBUG}

# Lines that nobody has come for. When there are too many the oldest go.
_LIMIT = 10_000
lines: deque[tuple[float, int, str, str]] = deque(maxlen=_LIMIT)


def _put_aside(level: int, area: bytes, message: bytes, _: Any) -> None:
    lines.append((time.time(), level, decoded(area) or "", decoded(message) or ""))


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
    severity = _LEVELS.get(level, logging.INFO)
    if logger.isEnabledFor(severity):
        record = logger.makeRecord(
            logger.name, severity, __file__, 0, "%s: %s", (area, message), None, "libdatapanel"
        )
        record.created, record.msecs = created, (created % 1) * 1000
        logger.handle(record)
