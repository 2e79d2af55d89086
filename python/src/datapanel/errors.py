# SPDX-License-Identifier: Apache-2.0
"""What a call that failed raises.

Catch `DatapanelError` for all of it; the classes below it exist where a program does something
different next. The first question after a failure is whether the objects may be sent again, so
`UnconfirmedError` goes before every other class:

    try:
        client.submit(target, objects)
    except UnconfirmedError as error:    # may be stored: put aside, look it up, do not resend
        ...
    except RejectedError as error:       # refused by the service: keep for a human
        ...
    except ThrottledError as error:      # send again after error.retry_after seconds
        ...
    except DatapanelError as error:      # nothing was stored: report it, keep the objects
        ...
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from ._ffi import lib
from .codes import Code, Stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .report import Report

_NOTHING: Mapping[str, str] = MappingProxyType({})


class DatapanelError(Exception):
    """A call failed; `str(error)` tells what was attempted, what came of it and what to do.

    >>> error = DatapanelError("the target is empty", code=Code.DP_E_ARGUMENT)
    >>> error.code, error.code_name, error.stored.name, error.reports
    (100, 'DP_E_ARGUMENT', 'NO', [])
    """

    code: int
    """The library's number for the failure; compare it with the names in `Code`."""
    code_name: str
    """The library's name for the failure, `"DP_E_CONNECT"`."""
    stored: Stored
    """Whether the service could hold the objects now."""
    reports: list[Report]
    """One report for each object when something was attempted, with the object's bytes."""
    index: int | None
    """The position of the object that is at fault."""
    offset: int | None
    """Where in that object's text the fault is, in bytes from 0."""
    key: str | None
    """The setting, request field or member that is at fault."""
    http_status: int | None
    """The status of the reply, when one arrived."""
    server_code: str | None
    """The service's own code, `"SecMaster.20010001"`."""
    server_message: str | None
    """The service's own text."""
    request_id: str | None
    """The service's X-request-id, to quote to its operators."""
    attempts: int | None
    """How many times the request was tried."""
    retry_after: float | None
    """How long the service asked to wait, in seconds."""
    curl: str | None
    """libcurl's text for what went wrong."""
    reply: str | None
    """The first bytes of a reply that could not be used."""

    def __init__(
        self,
        message: str = "",
        *,
        code: int = Code.DP_E_INTERNAL,
        stored: Stored = Stored.NO,
        index: int | None = None,
        reports: Sequence[Report] = (),
        details: Mapping[str, str] = _NOTHING,
    ) -> None:
        """Take the details under the names, and in the spelling, of the library."""
        super().__init__(message)
        self.code = int(code)
        self.code_name = code_name(code)
        self.stored = stored
        self.reports = list(reports)
        self.index = index
        self.offset = _number(details.get("offset"))
        self.key = details.get("key")
        self.http_status = _number(details.get("http_status"))
        self.server_code = details.get("server_code")
        self.server_message = details.get("server_message")
        self.request_id = details.get("request_id")
        self.attempts = _number(details.get("attempts"))
        milliseconds = _number(details.get("retry_after_ms"))
        self.retry_after = None if milliseconds is None else milliseconds / 1000
        self.curl = details.get("curl")
        self.reply = details.get("reply")

    def place(self, index: int) -> None:
        """Say which of many objects it is about."""
        if self.index is None:
            self.index = index
            self.args = (f"object {index}: {self}", *self.args[1:])


class ConfigError(DatapanelError):
    """A setting is unknown, missing, out of range, or clashes with another; `key` names it."""


class ObjectError(DatapanelError):
    """The object at `index` is not a JSON object; nothing was sent. Leave it out or mend it."""


class TooLargeError(DatapanelError):
    """The request is above the size limit and nothing was stored. Send fewer objects at once.

    `index` is the first object that did not fit; None when it was the service that refused.
    """


class TransportError(DatapanelError):
    """The request did not reach the service, so nothing was stored. It may reach it later."""


class AuthError(DatapanelError):
    """The credentials were refused. Set a new token or password with `Client.set`, then resend."""


class ThrottledError(DatapanelError):
    """The service asks to come back later; nothing was stored. See `retry_after`."""


class RejectedError(DatapanelError):
    """The service refused the objects and stored none; `server_code` and `server_message` say why.

    Sending them again unchanged gives the same answer.
    """


class UnconfirmedError(DatapanelError):
    """The objects may be stored: the request went out and no usable answer came back.

    `reports` tells for each object what is known, with its exact bytes. Sending them again may
    duplicate them.
    """


class QueueFullError(DatapanelError):
    """A producer has no room for the object now. It was not taken; send it again later."""


class WaitError(DatapanelError):
    """The time to wait is over, and things go on as before."""


class SpoolError(DatapanelError):
    """The spool cannot be opened, or the disk is full or fails. The object was not taken."""


class ForkedError(DatapanelError):
    """What was called was made before this process was forked. Make one in the child."""


class ClosedError(DatapanelError):
    """What was called was closed before."""


_CLASSES: Mapping[int, type[DatapanelError]] = {
    Code.DP_E_CONFIG: ConfigError,
    Code.DP_E_FILE: ConfigError,
    Code.DP_E_JSON: ObjectError,
    Code.DP_E_TOO_LARGE: TooLargeError,
    Code.DP_E_RESOLVE: TransportError,
    Code.DP_E_CONNECT: TransportError,
    Code.DP_E_TLS: TransportError,
    Code.DP_E_TLS_VERIFY: TransportError,
    Code.DP_E_PROXY: TransportError,
    Code.DP_E_SEND: TransportError,
    Code.DP_E_AUTH: AuthError,
    # A server failure that certainly stored nothing is one that said when to come back.
    Code.DP_E_SERVER: ThrottledError,
    Code.DP_E_THROTTLED: ThrottledError,
    Code.DP_E_REJECTED: RejectedError,
    Code.DP_E_QUEUE_FULL: QueueFullError,
    Code.DP_E_WAIT: WaitError,
    Code.DP_E_SPOOL: SpoolError,
    Code.DP_E_FORKED: ForkedError,
    Code.DP_E_CLOSED: ClosedError,
}


def error_class(code: int, stored: Stored) -> type[DatapanelError]:
    """Return the class to raise for a code of the library; `stored` decides before the code.

    >>> error_class(Code.DP_E_CONNECT, Stored.NO).__name__
    'TransportError'
    >>> error_class(Code.DP_E_TIMEOUT, Stored.MAYBE).__name__
    'UnconfirmedError'
    """
    if stored is not Stored.NO:
        return UnconfirmedError
    return _CLASSES.get(code, DatapanelError)


def code_name(code: int) -> str:
    """Return the library's name for a code, `"DP_E_UNKNOWN"` for a number that it does not know.

    >>> code_name(401)
    'DP_E_AUTH'
    """
    name: bytes = lib.dp_code_name(code)
    return name.decode()


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
