# SPDX-License-Identifier: Apache-2.0
"""What became of one object."""

from __future__ import annotations

import struct
from ctypes import (
    PYFUNCTYPE,
    c_char_p,
    c_int32,
    c_int64,
    c_ssize_t,
    c_uint32,
    c_uint64,
    c_void_p,
    py_object,
    pythonapi,
    sizeof,
    string_at,
)
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from ._ffi import (
    DP_DEAD_LETTERED,
    DP_POSSIBLE_DUPLICATE,
    DP_RECOVERED,
    PROTOTYPES,
    dp_report,
    lib,
)
from .codes import Stored
from .errors import code_name

if TYPE_CHECKING:
    from datetime import datetime


class Report(NamedTuple):
    """The outcome of one object. Failed ones carry the object's exact bytes."""

    ticket: int
    """What `Producer.send` returned; of a client the object's position in the request, from 0."""
    code: int
    """0 when the object is stored; compare it with the names in `Code`."""
    stored: Stored
    """Whether the service could hold the object now."""
    possible_duplicate: bool
    """Whether the object is stored, and an earlier attempt may have stored it, too."""
    recovered: bool
    """Whether a former process took the object, and its spool handed it on."""
    id: str | None
    """The service's id of the object; always there when the object is stored."""
    event_id: str | None
    """The service's id of the event, where it has one."""
    message: str | None
    """What went wrong, in one sentence."""
    server_code: str | None
    """The service's own code, `"SecMaster.20030025"`."""
    request_id: str | None
    """The service's X-request-id, to quote to its operators."""
    payload: bytes | None
    """The object's exact bytes when it failed, so that it can be kept or sent again.

    A producer whose reports nobody took for long may have had to give them up: see
    `payloads_dropped` of its statistics.
    """
    http_status: int | None
    """The status of the reply, when one arrived."""
    attempts: int
    """How many times the object was sent, or tried."""
    queued_us: int
    """When the object was handed over, in microseconds of Unix time."""
    finished_us: int
    """When its outcome was known, in microseconds of Unix time."""
    dead_lettered: bool
    """Whether the object failed and stands in the file `dead_letter.path`."""

    @property
    def ok(self) -> bool:
        """Whether the object is stored and its id known."""
        return self.code == 0

    @property
    def code_name(self) -> str:
        """The library's name for the code, `"DP_E_REJECTED"`."""
        return code_name(self.code)

    @property
    def queued(self) -> datetime:
        """When the object was handed over."""
        return _time(self.queued_us)

    @property
    def finished(self) -> datetime:
        """When its outcome was known."""
        return _time(self.finished_us)


def _time(microseconds: int) -> datetime:
    from datetime import datetime, timedelta, timezone  # noqa: PLC0415

    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=microseconds)


_FORMATS: dict[Any, str] = {
    c_int32: "i",
    c_uint32: "I",
    c_int64: "q",
    c_uint64: "Q",
    c_void_p: "P",
    c_char_p: "P",
}  # c_size_t is one of them

# A whole dp_report at once: through ctypes each of its members costs a call.
ROW = struct.Struct("@" + "".join(_FORMATS[kind] for _, kind in dp_report._fields_))
_unpack = ROW.unpack
_ROW_SIZE = sizeof(dp_report)

# The same function as lib.dp_reports_at, but the pointer comes as a number.
_row_at = lib["dp_reports_at"]
_row_at.argtypes = PROTOTYPES["dp_reports_at"][1]
_row_at.restype = c_void_p

# Of Python's own C interface: these make an object in one step, where `string_at` takes a few.
_bytes_at = PYFUNCTYPE(py_object, c_void_p, c_ssize_t)(("PyBytes_FromStringAndSize", pythonapi))
_str_at = PYFUNCTYPE(py_object, c_void_p)(("PyUnicode_FromString", pythonapi))

# A newer library may know more shades; the careful reading of any of them is "maybe".
_stored = {int(stored): stored for stored in Stored}.get


# A report, after the `opaque` that the object was sent with.
Marked = tuple[int, Report]


def read_all(reports: Any) -> list[Report]:
    """Copy everything out of a dp_reports, which may be NULL."""
    return [report for _, report in read_marked(reports)]


def read_marked(reports: Any) -> list[Marked]:
    """Copy everything out of a dp_reports, each report with its `opaque`."""
    shared = _Texts({0: None})
    return [
        _read(_unpack(row_at(reports, index)), shared)
        for index in range(lib.dp_reports_count(reports))
    ]


def row_at(reports: Any, index: int) -> bytes:
    """Copy one dp_report, with pointers that live as long as the dp_reports."""
    row: bytes = _bytes_at(_row_at(reports, index), _ROW_SIZE)
    return row


def report_at(reports: Any, index: int) -> Report:
    """Copy everything out of one of a dp_reports."""
    return _read(_unpack(row_at(reports, index)), _Texts({0: None}))[1]


class _Texts(dict[int, Optional[str]]):
    """Texts by where the library keeps them; the objects of a request share some."""

    def __missing__(self, address: int) -> str | None:
        self[address] = text = _text(address)
        return text


def _text(address: int) -> str:
    """Return a text of the library; it may quote a server that does not speak UTF-8."""
    try:
        text: str = _str_at(address)
    except UnicodeDecodeError:
        return string_at(address).decode(errors="replace")
    return text


def _read(row: tuple[int, ...], shared: _Texts) -> Marked:
    (
        _, code, stored, flags, ticket, opaque, id_, event_id, message, server_code, request_id,
        payload, payload_len, http_status, attempts, queued_us, finished_us,
    ) = row  # fmt: skip
    return opaque, Report(
        ticket,
        code,
        _stored(stored, Stored.MAYBE),
        flags & DP_POSSIBLE_DUPLICATE != 0,
        flags & DP_RECOVERED != 0,
        _text(id_) if id_ else None,
        _text(event_id) if event_id else None,
        shared[message],
        shared[server_code],
        shared[request_id],
        _bytes_at(payload, payload_len) if payload else None,
        http_status or None,
        attempts,
        queued_us,
        finished_us,
        flags & DP_DEAD_LETTERED != 0,
    )
