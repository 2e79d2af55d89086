# SPDX-License-Identifier: Apache-2.0
"""The client: one call, one request, one report for each object."""

from __future__ import annotations

import math
from ctypes import POINTER, byref, c_char, string_at
from typing import TYPE_CHECKING, Any, Literal

from . import _log, report
from ._beside import interruptible
from ._failure import Failure
from ._ffi import dp_reports, lib
from ._handle import Handle, Owned
from ._objects import each, text_of
from ._text import encoded
from .codes import Code
from .errors import DatapanelError
from .settings import Settings, apply, chosen, handle_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from typing_extensions import Self

    from ._beside import Result
    from ._objects import Objects
    from .report import Report
    from .settings import Setting

Kind = Literal["project", "workspace", "dataclass"]

_MILLISECONDS_MAX = 2**31 - 1


class Client:
    """Submits objects to the data panel, over connections that it keeps open between calls.

    >>> from datapanel import Client
    >>> alert = {"title": "SSH brute force", "severity": "High", "count": 212}
    >>> with Client(
    ...     endpoint=endpoint,
    ...     project_id="0123456789abcdef0123456789abcdef",
    ...     workspace_id="6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11",
    ...     auth_token="emulator-token",
    ... ) as client:
    ...     [stored] = client.submit("9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02", alert)
    >>> len(stored.id)
    36

    Any number of threads may use one client at once. In a child process made by fork, make
    another: an inherited one raises `ForkedError`.
    """

    __slots__ = ("__weakref__", "_handle")

    def __init__(
        self,
        settings: Settings | None = None,
        /,
        **keywords: Setting,
    ) -> None:
        """Take settings, or keywords as `Settings` does, or keywords that go before settings.

        A duration is a `timedelta` or text with its unit:

        >>> from datetime import timedelta
        >>> Client.from_environment(request_timeout="20s", backoff_cap=timedelta(minutes=1)).close()

        No connection is opened yet. Raises `ConfigError` for a setting that is unknown, missing,
        out of range or at odds with another.
        """
        self._handle = _open(chosen(settings, keywords))

    @classmethod
    def from_environment(cls, **keywords: Setting) -> Self:
        """Make a client from DATAPANEL_ENDPOINT, DATAPANEL_PROJECT_ID and so on.

        Keywords go before the environment.

        >>> with Client.from_environment() as client:
        ...     client.closed
        False
        """
        return cls(Settings.from_environment(**keywords))

    def submit(
        self,
        target: str,
        objects: Objects,
        *,
        name: str | None = None,
        type: str | None = None,
        trigger_flag: bool | None = None,
        format_version: int | None = None,
        id: str | None = None,
        timeout: float | None = None,
    ) -> list[Report]:
        """Submit objects to a target in one request and wait for the outcome.

        A target is a data class id, or its name as "name:Alert", which the client looks up.
        `objects` is one object or any iterable of them. A dict becomes compact JSON; JSON in bytes
        or str is sent exactly as it stands. The other arguments are members of the request, sent
        when they are not None. `timeout` bounds the whole call in seconds, attempts and pauses
        together; without it the setting `request.timeout` does.

        Returns one report for each object, in order, when every object is stored.

        >>> with Client.from_environment() as client:
        ...     reports = client.submit(alerts, [{"title": "first"}, b'{"title":"second"}'])
        >>> [report.stored.name for report in reports]
        ['YES', 'YES']

        Otherwise raises `DatapanelError`, whose `stored` tells whether sending again is safe and
        whose `reports` has every object. The client itself sends again only what certainly was
        not stored.

        Other threads run meanwhile. Ctrl-C ends the wait at once; the call itself goes on until it
        has its outcome, which nobody is told then: the objects may be stored.
        """
        milliseconds = _milliseconds(timeout)
        envelope = {
            "format_version": None if format_version is None else str(format_version),
            "name": name,
            "type": type,
            "trigger_flag": _flag(value=trigger_flag),
            "id": id,
        }
        with self._handle.use(), Failure() as failure:
            request = Owned(lib.dp_request_new(), lib.dp_request_free)
            _fill(request.pointer, envelope, objects, failure)
        where = encoded(target, "target")
        return self._call(lambda client: _send(client, where, request.pointer, milliseconds))

    def lookup(self, kind: Kind, name: str, *, timeout: float | None = None) -> str:
        """Return the id that a name has; `kind` is "project", "workspace" or "dataclass".

        >>> with Client.from_environment() as client:
        ...     client.lookup("dataclass", "Alert")
        '9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02'

        A data class has a business code, too, which counts where no name fits. Names are compared
        exactly. A client that looks up a project or a workspace needs no `workspace_id`, and for
        projects no `project_id`. `timeout` is as for `submit`.

        Raises `DatapanelError` with the code `DP_E_NAME` when no id has the name, or more than one
        has; the message tells the nearest names or all the ids.
        """
        milliseconds = _milliseconds(timeout)
        what, whose = encoded(kind, "kind"), encoded(name, "name")
        return self._call(lambda client: _look_up(client, what, whose, milliseconds))

    def set(self, **settings: Setting) -> None:
        """Change settings of a client in use; calls that begin later see them.

        The settings that can change are marked "runtime" in the list of settings.

        >>> with Client.from_environment() as client:
        ...     client.set(auth_token="a newer token", request_timeout="5s")
        """
        with self._handle.use() as client:
            apply(settings, lib.dp_client_set, client)

    def _call(self, function: Callable[[Any], Result]) -> Result:
        """Make a call that waits for the service."""

        def call() -> Result:
            with self._handle.use() as client:
                return function(client)

        try:
            return interruptible(call)
        finally:
            _log.hand_over()

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._handle.closed

    def close(self) -> None:
        """Close the connections. Calls that other threads are in end as they would have.

        Closing again does nothing; any other call after it raises `ClosedError`.
        """
        self._handle.close()

    def __enter__(self) -> Self:
        """Return the client itself, to be closed at the end of the `with`."""
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the client."""
        self.close()


def _open(settings: Settings) -> Handle:
    with Failure() as failure:
        pointer = lib.dp_client_new(handle_of(settings), failure.out)
        if not pointer:
            raise failure.exception()
    return Handle(pointer, lib.dp_client_free, "client")


def _fill(
    request: Any, envelope: dict[str, str | None], objects: Objects, failure: Failure
) -> None:
    for field, value in envelope.items():
        if value is not None:
            code = lib.dp_request_set(request, field.encode(), encoded(value, field), failure.out)
            failure.check(code)
    add, out = lib.dp_request_add, failure.out
    for index, item in enumerate(each(objects)):
        text = text_of(item, index)
        code = add(request, text, len(text), out)
        if code:
            failure.check(code, index=index)


def _send(client: Any, target: bytes, request: Any, milliseconds: int) -> list[Report]:
    pointer = POINTER(dp_reports)()
    with Failure() as failure:
        try:
            code = lib.dp_client_submit(
                client, target, request, milliseconds, byref(pointer), failure.out
            )
            reports = report.read_all(pointer)
        finally:
            lib.dp_reports_free(pointer)
        failure.check(code, reports=reports)
    return reports


def _look_up(client: Any, kind: bytes, name: bytes, milliseconds: int) -> str:
    pointer = POINTER(c_char)()
    with Failure() as failure:
        try:
            code = lib.dp_client_lookup(
                client, kind, name, milliseconds, byref(pointer), failure.out
            )
            failure.check(code)
            return string_at(pointer).decode()
        finally:
            lib.dp_free(pointer)


def _flag(*, value: bool | None) -> str | None:
    """Return the flag as the library takes it; the truth of a text is not what it says."""
    if value is None:
        return None
    if not isinstance(value, bool):
        raise TypeError(f"trigger_flag must be bool, not {type(value).__name__}")
    return str(value).lower()


def _milliseconds(timeout: float | None) -> int:
    """Return the time as the library takes it, where 0 stands for the setting.

    >>> _milliseconds(None), _milliseconds(0.0001), _milliseconds(2.5)
    (0, 1, 2500)
    """
    if timeout is None:
        return 0
    if not isinstance(timeout, (int, float)):
        raise TypeError(f"timeout must be seconds, int or float, not {type(timeout).__name__}")
    if not 0 < timeout <= _MILLISECONDS_MAX / 1000:
        raise DatapanelError(
            f"timeout must be above 0 and at most {_MILLISECONDS_MAX // 1000} seconds, "
            f"not {timeout}; leave it out for the setting request.timeout",
            code=Code.DP_E_ARGUMENT,
            details={"key": "timeout"},
        )
    return math.ceil(timeout * 1000)
