# SPDX-License-Identifier: Apache-2.0
"""What became of one object."""

from __future__ import annotations

from ctypes import string_at
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from ._ffi import lib
from ._text import decoded
from .codes import Code, Stored
from .errors import code_name

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Report:
    """The outcome of one object, in the order in which the objects were given."""

    __slots__ = (
        "attempts",
        "code",
        "event_id",
        "finished",
        "http_status",
        "id",
        "message",
        "payload",
        "queued",
        "request_id",
        "server_code",
        "stored",
    )

    id: str | None
    """The service's id of the object; always there when the object is stored."""
    event_id: str | None
    """The service's id of the event, where it has one."""
    code: int
    """0 when the object is stored; compare it with the names in `Code`."""
    stored: Stored
    """Whether the service could hold the object now."""
    message: str | None
    """What went wrong, in one sentence."""
    server_code: str | None
    """The service's own code, `"SecMaster.20030025"`."""
    request_id: str | None
    """The service's X-request-id, to quote to its operators."""
    payload: bytes | None
    """The object's exact bytes when it failed, so that it can be kept or sent again."""
    http_status: int | None
    """The status of the reply, when one arrived."""
    attempts: int
    """How many times the object was sent, or tried."""
    queued: datetime
    """When the object was handed over."""
    finished: datetime
    """When its outcome was known."""

    @property
    def ok(self) -> bool:
        """Whether the object is stored and its id known."""
        return self.code == Code.DP_OK

    @property
    def code_name(self) -> str:
        """The library's name for the code, `"DP_E_REJECTED"`."""
        return code_name(self.code)

    def __reduce__(self) -> tuple[type[Report], tuple[Any, ...]]:
        """Copy and pickle by the fields: slots that refuse to be set cannot be restored."""
        return Report, tuple(getattr(self, name) for name in self.__dataclass_fields__)


def read_all(reports: Any) -> list[Report]:
    """Copy everything out of a dp_reports, which may be NULL."""
    at = lib.dp_reports_at
    return [_read(at(reports, index).contents) for index in range(lib.dp_reports_count(reports))]


def _read(source: Any) -> Report:
    payload = source.payload
    return Report(
        id=decoded(source.id),
        event_id=decoded(source.event_id),
        code=source.code,
        stored=Stored(source.stored),
        message=decoded(source.message),
        server_code=decoded(source.server_code),
        request_id=decoded(source.request_id),
        payload=None if payload is None else string_at(payload, source.payload_len),
        http_status=source.http_status or None,
        attempts=source.attempts,
        queued=_time(source.queued_us),
        finished=_time(source.finished_us),
    )


@lru_cache(maxsize=16)  # the objects of a request share their times
def _time(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)
