# SPDX-License-Identifier: Apache-2.0
"""The life of what the library hands out: freed once, and never while a call is using it."""

from __future__ import annotations

import os
import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .codes import Code
from .errors import ClosedError, DatapanelError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# One lock for all handles: it is held for a few instructions, and a fork that waits for it leaves
# no child with a lock that nobody will release. Re-entrant for the sake of signal handlers.
lock = threading.RLock()
os.register_at_fork(before=lock.acquire, after_in_parent=lock.release, after_in_child=lock.release)


@contextmanager
def owned(pointer: Any, free: Callable[[Any], None]) -> Iterator[Any]:
    """Give a handle to a `with` and free it at its end."""
    if not pointer:
        raise DatapanelError("memory ran out", code=Code.DP_E_NOMEM)
    try:
        yield pointer
    finally:
        free(pointer)


class Owned:
    """A handle that is freed when nobody refers to it any more."""

    __slots__ = ("_free", "pointer")

    def __init__(self, pointer: Any, free: Callable[[Any], None]) -> None:
        if not pointer:
            raise DatapanelError("memory ran out", code=Code.DP_E_NOMEM)
        self.pointer = pointer
        self._free = free

    def __del__(self) -> None:
        pointer = getattr(self, "pointer", None)
        if pointer is not None:
            self._free(pointer)


class Handle:
    """A handle that many threads use until one of them closes it.

    Guarded by: the lock of this module.
    """

    __slots__ = ("__weakref__", "_closed", "_free", "_pointer", "_users", "_what")

    def __init__(self, pointer: Any, free: Callable[[Any], None], what: str) -> None:
        self._pointer = pointer
        self._free = weakref.finalize(self, free, pointer)
        # At the end of the process a daemon thread may still be inside a call, and the operating
        # system takes everything back anyway.
        self._free.atexit = False
        self._what = what
        self._users = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @contextmanager
    def use(self) -> Iterator[Any]:
        """Lend the pointer to a `with`, through which it stays valid."""
        # Counted before it is asked whether it is closed, so that a signal handler that closes it
        # between the two finds it in use.
        with lock:
            self._users += 1
        try:
            if self._closed:
                raise ClosedError(f"the {self._what} is closed", code=Code.DP_E_ARGUMENT)
            yield self._pointer
        finally:
            with lock:
                self._users -= 1
                last = self._closed and self._users == 0
            if last:
                self._free()

    def close(self) -> None:
        """Let nobody begin to use it; it is freed now, or by the last of those who still do."""
        with lock:
            self._closed = True
            idle = self._users == 0
        if idle:
            self._free()
