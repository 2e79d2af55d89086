# SPDX-License-Identifier: Apache-2.0
"""How a failure of the library becomes an exception: here and nowhere else."""

from __future__ import annotations

from ctypes import POINTER, byref
from typing import TYPE_CHECKING

from ._ffi import dp_error, lib
from ._text import decoded
from .codes import Code, Stored
from .errors import code_name, error_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

    from .errors import DatapanelError
    from .report import Report

_STORED = {"no": Stored.NO, "maybe": Stored.MAYBE, "yes": Stored.YES}

# Every name that dp_error_field knows.
FIELDS = (
    "http_status",
    "server_code",
    "server_message",
    "request_id",
    "stored",
    "attempts",
    "retry_after_ms",
    "curl",
    "offset",
    "key",
    "reply",
)


def error_of(report: Report) -> DatapanelError:
    """Return what a report of a failure says as an exception."""
    known = {
        "http_status": report.http_status,
        "server_code": report.server_code,
        "request_id": report.request_id,
        "attempts": report.attempts,
    }
    return error_class(report.code, report.stored)(
        report.message or code_name(report.code),
        code=report.code,
        stored=report.stored,
        reports=[report],
        details={name: str(value) for name, value in known.items() if value is not None},
    )


class Failure:
    """A place for the library to put an error, used for any number of calls in a `with`.

    Give `out` to a call as its `error_out` and the code that it returns to `check`.
    """

    __slots__ = ("_pointer", "out")

    def __init__(self) -> None:
        self._pointer = POINTER(dp_error)()
        self.out = byref(self._pointer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        lib.dp_error_free(self._pointer)

    def check(self, code: int, *, index: int | None = None, reports: Sequence[Report] = ()) -> None:
        """Raise what the last call left, unless its code is DP_OK."""
        if code != Code.DP_OK:
            raise self.exception(code, index=index, reports=reports)

    def exception(
        self,
        code: int | None = None,
        *,
        index: int | None = None,
        reports: Sequence[Report] = (),
    ) -> DatapanelError:
        """Return what the last call left; its code too, for calls that return a handle."""
        pointer = self._pointer
        if code is None:
            # No handle and no error either: the memory ran out for both.
            code = lib.dp_error_code(pointer) or Code.DP_E_NOMEM
        details = {}
        for field in FIELDS:
            value = decoded(lib.dp_error_field(pointer, field.encode()))
            if value is not None:
                details[field] = value
        message = decoded(lib.dp_error_message(pointer)) or code_name(code)
        if index is not None:
            message = f"object {index}: {message}"
        # Without a word about it nothing was attempted, unless reports prove the contrary.
        stored = _STORED.get(details.get("stored", "maybe" if reports else "no"), Stored.MAYBE)
        return error_class(code, stored)(
            message, code=code, stored=stored, index=index, reports=reports, details=details
        )
