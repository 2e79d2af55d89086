# SPDX-License-Identifier: Apache-2.0
"""A long call in a thread of its own, so that who waits for it can be interrupted."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import Any, Callable, TypeVar

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

    def wait(self, seconds: float) -> bool:
        """Wait for its end; whether it is there. Raise what the function raised."""
        if not self._done.wait(seconds):
            return False
        if self._failure is not None:
            raise self._failure
        return True


class _Call:
    """A call that another thread makes."""

    __slots__ = ("_failure", "_function", "_over", "_result")

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self._failure: BaseException | None = None
        self._over = threading.Lock()
        self._over.acquire()

    def make(self) -> None:
        try:
            self._result = self._function()
        except BaseException as failure:  # noqa: BLE001
            self._failure = failure

    def tell(self) -> None:
        self._over.release()

    def result(self) -> Any:
        """Wait for the end, which a signal can interrupt; return or raise what came of it."""
        self._over.acquire()
        if self._failure is not None:
            raise self._failure
        return self._result


class _Helper:
    """A thread that makes calls, one after the other; to start one for each is dear."""

    __slots__ = ("_call", "_go")

    def __init__(self) -> None:
        self._call: _Call | None = None
        self._go = threading.Lock()
        self._go.acquire()
        threading.Thread(target=self._run, name="datapanel-call", daemon=True).start()

    def take(self, call: _Call) -> None:
        self._call = call
        self._go.release()

    def _run(self) -> None:
        while True:
            self._go.acquire()
            call, self._call = self._call, None
            if call is not None:
                call.make()
                _idle.append(self)
                call.tell()
            # What it refers to is not kept until the next one.
            del call


# Helpers without a call. In a child of a fork there are no such threads.
_idle: deque[_Helper] = deque()
os.register_at_fork(after_in_child=_idle.clear)


def interruptible(function: Callable[[], Result]) -> Result:
    """Make a long call of the library, and let Ctrl-C end the wait for it.

    Python handles signals on the main thread only, and there only between calls into C: so another
    thread makes the call. It goes on when nobody waits for it any more.
    """
    if threading.current_thread() is not threading.main_thread():
        return function()
    try:
        helper = _idle.pop()
    except IndexError:
        try:
            helper = _Helper()
        except RuntimeError:  # at the end of a process there are no more threads
            return function()
    call = _Call(function)
    helper.take(call)
    result: Result = call.result()
    return result
