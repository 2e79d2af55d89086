# SPDX-License-Identifier: Apache-2.0
"""Places for what a call returns besides its code, made once and used again."""

from __future__ import annotations

from collections import deque
from ctypes import byref, c_size_t, c_uint64

from ._failure import Failure


class Outs:
    """What a producer's calls write to.

    They are dear to make, so the calls share them: `take` lends one to a call, which puts it back
    into `idle` when all is well. One that holds an error is not put back.
    """

    __slots__ = ("count", "count_out", "error_out", "failure", "ticket", "ticket_out")

    def __init__(self) -> None:
        self.failure = Failure()
        self.error_out = self.failure.out
        self.ticket = c_uint64()
        self.ticket_out = byref(self.ticket)
        self.count = c_size_t()
        self.count_out = byref(self.count)


# A call can begin within another one of the same thread, in a signal handler: a place for each
# thread would not do.
idle: deque[Outs] = deque(maxlen=64)


def take() -> Outs:
    """Lend a place that no other call uses."""
    try:
        return idle.pop()
    except IndexError:
        return Outs()
