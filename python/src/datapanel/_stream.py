# SPDX-License-Identifier: Apache-2.0
"""A text with many objects on its way into a producer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from . import _call
from ._feed import CARRY_BYTES_MAX, pieces, rest_after
from ._ffi import lib
from .codes import Code

if TYPE_CHECKING:
    import os

    from ._failure import Failure
    from ._feed import Readable

_send_many = lib.dp_producer_send_many


class Taken(NamedTuple):
    """What `send_many` handed over."""

    objects: int
    """How many objects were taken."""
    first_ticket: int | None
    """The ticket of the first; the others follow in order unless other threads send, too."""


class TextStream:
    """Hands a text over, as much in each step as one slice of time has room for."""

    __slots__ = ("_base", "_name", "_pieces", "_pointer", "_rest", "count", "first_ticket")

    def __init__(
        self, pointer: Any, name: bytes, source: bytes | os.PathLike[str] | Readable
    ) -> None:
        self._pointer = pointer
        self._name = name
        self._pieces = pieces(source)
        self._rest = next(self._pieces)
        # How much of the text came before the rest.
        self._base = 0
        self.count = 0
        self.first_ticket: int | None = None

    def step(self, wait_ms: int) -> bool:
        """Hand over what there is room for; whether there was room for all that was tried."""
        text = self._rest.text
        outs = _call.take()
        code = _send_many(
            self._pointer, self._name, text, len(text), None, wait_ms,
            outs.ticket_out, outs.count_out, outs.error_out,
        )  # fmt: skip
        count = outs.count.value
        if count and self.first_ticket is None:
            self.first_ticket = outs.ticket.value
        self.count += count
        if code == Code.DP_OK:
            _call.idle.append(outs)
            self._skip(len(text), b"")
            return True
        with outs.failure as failure:
            rest, skipped = rest_after(text, count)
            if code == Code.DP_E_QUEUE_FULL:
                self._skip(skipped, rest)
                return False
            self._carry_or_raise(code, failure, rest, skipped)
            return True

    @property
    def is_over(self) -> bool:
        """Whether everything was handed over."""
        return self._rest.is_last and not self._rest.text

    def _skip(self, size: int, rest: bytes) -> None:
        self._base += size
        self._rest = self._rest._replace(text=rest)
        if not rest and not self._rest.is_last:
            self._rest = next(self._pieces)

    def _carry_or_raise(self, code: int, failure: Failure, rest: bytes, skipped: int) -> None:
        """Go on with the next piece when an object does not end in this one."""
        error = failure.exception(code, index=self.count)
        is_cut = error.offset == len(self._rest.text) and not self._rest.is_last
        if code == Code.DP_E_JSON and is_cut and len(rest) < CARRY_BYTES_MAX:
            self._base += skipped
            following = next(self._pieces)
            self._rest = following._replace(text=rest + following.text)
            return
        if error.offset is not None:
            whole = error.offset + self._base
            error.args = (str(error).replace(f"byte {error.offset}", f"byte {whole}", 1),)
            error.offset = whole
        raise error
