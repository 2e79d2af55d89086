# SPDX-License-Identifier: Apache-2.0
"""Time to wait: seconds at the surface, milliseconds in the library, and short slices of it.

Python handles a signal only between calls into C. A wait in slices lets Ctrl-C take effect within
one of them.
"""

from __future__ import annotations

import math
import time

from .codes import Code
from .errors import DatapanelError

SLICE_MS = 200
FOREVER_MS = 2**31 - 1
SECONDS_MAX = FOREVER_MS // 1000


class Deadline:
    """The end of a wait; None as `timeout` is a wait without an end.

    >>> Deadline(0).slice_ms(), Deadline(None).slice_ms(), Deadline(0.0001).slice_ms()
    (0, 200, 1)
    """

    __slots__ = ("_end", "timeout")

    def __init__(self, timeout: float | None) -> None:
        self.timeout = checked(timeout)
        self._end = None if self.timeout is None else time.monotonic() + self.timeout

    def slice_ms(self) -> int:
        """Return how long the next call may wait; 0 when the time is over."""
        if self._end is None:
            return SLICE_MS
        left = self._end - time.monotonic()
        return 0 if left <= 0 else min(SLICE_MS, math.ceil(left * 1000))

    def left(self) -> float | None:
        """Return the seconds that are left; None when there is no end."""
        return None if self._end is None else max(0.0, self._end - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self._end is not None and time.monotonic() >= self._end


def checked(timeout: float | None) -> float | None:
    """Return the seconds as they are, unless nobody could wait for them."""
    if timeout is None:
        return None
    if not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be seconds, int or float, not {type(timeout).__name__}")
    if not 0 <= timeout <= SECONDS_MAX:
        raise DatapanelError(
            f"timeout must be from 0 to {SECONDS_MAX} seconds, not {timeout}; None waits for as "
            "long as it takes",
            code=Code.DP_E_ARGUMENT,
            details={"key": "timeout"},
        )
    return timeout
