# SPDX-License-Identifier: Apache-2.0
"""A long call in a thread of its own, so that who waits for it can be interrupted."""

from __future__ import annotations

import threading
from typing import Callable, TypeVar

Result = TypeVar("Result")


class Beside:
    """Runs a function beside the caller, once.

    The thread does not keep the process from ending.
    """

    __slots__ = ("_done", "_failure", "_function", "_then")

    def __init__(self, function: Callable[[], None], then: Callable[[], object] = bool) -> None:
        """Start it; `then` is called at its end, on its thread."""
        self._function = function
        self._then = then
        self._failure: BaseException | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, name="datapanel-wait", daemon=True).start()

    def _run(self) -> None:
        try:
            self._function()
        except BaseException as failure:  # noqa: BLE001
            self._failure = failure
        self._done.set()
        self._then()

    def wait(self, seconds: float | None) -> bool:
        """Wait for its end; whether it is there. Raise what the function raised."""
        if not self._done.wait(seconds):
            return False
        if self._failure is not None:
            raise self._failure
        return True


def interruptible(function: Callable[[], Result]) -> Result:
    """Make a long call of the library, and let Ctrl-C end the wait for it.

    Python handles signals on the main thread only, and there only between calls into C: so another
    thread makes the call. It goes on when nobody waits for it any more.
    """
    if threading.current_thread() is not threading.main_thread():
        return function()
    results: list[Result] = []
    try:
        call = Beside(lambda: results.append(function()))
    except RuntimeError:  # at the end of a process there are no more threads
        return function()
    call.wait(None)
    return results[0]
