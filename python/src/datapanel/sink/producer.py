# SPDX-License-Identifier: Apache-2.0
"""The producer of a task, which takes memory as it lies and counts what became of its objects."""

from __future__ import annotations

import struct
from bisect import bisect_right
from ctypes import POINTER, byref, c_char_p, c_void_p, cast, string_at
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from datapanel import _call
from datapanel._core import check
from datapanel._feed import PIECE_BYTES, rest_after
from datapanel._ffi import DP_POSSIBLE_DUPLICATE, dp_reports, lib
from datapanel._waiting import SLICE_MS
from datapanel.codes import Code
from datapanel.producer import Producer
from datapanel.report import report_at, row_at

from .errors import TaskError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datapanel.errors import DatapanelError
    from datapanel.report import Report

# So that no call leaves more reports than the library keeps.
_PIECE_ROWS = 20_000

_send, _send_many = lib.dp_producer_send, lib.dp_producer_send_many

# How a dp_report begins: size, code, stored, flags.
_begin_of = struct.Struct("@IiiI").unpack_from


class Chunk(NamedTuple):
    """Objects in memory, each from `{` to `}` and with a line end behind it."""

    address: int
    offsets: Sequence[int]
    """Where each object begins, and where the last one ends."""
    memory: object
    """What keeps the memory."""

    @classmethod
    def of(cls, texts: Sequence[bytes]) -> Chunk:
        """Put texts one after the other."""
        memory = b"\n".join([*texts, b""])
        offsets = [0, *accumulate(len(text) + 1 for text in texts)]
        return cls(cast(c_char_p(memory), c_void_p).value or 0, offsets, memory)

    def text(self, row: int) -> bytes:
        """Return one of the objects."""
        begin = self.offsets[row]
        return string_at(self.address + begin, self.offsets[row + 1] - begin - 1)

    def piece_from(self, row: int) -> int:
        """Return the row with which a piece ends that a call takes in a moment."""
        most = min(len(self.offsets), row + 1 + _PIECE_ROWS)
        end = bisect_right(self.offsets, self.offsets[row] + PIECE_BYTES, row + 1, most) - 1
        return max(row + 1, end)


class Settled(NamedTuple):
    """What some reports say."""

    stored: int
    duplicates: int
    """Of the stored, those that may be there twice."""
    failures: list[Report]


class TaskProducer(Producer):
    """Takes objects of one target from one thread."""

    __slots__ = ()

    def offer(self, target: str, chunk: Chunk, row: int, wait_ms: int = SLICE_MS) -> int:
        """Hand over objects from a row on, many in a call; return the row to go on with.

        Raises what is wrong with a row. Of a text with more than one object the first may have been
        taken then.
        """
        end = chunk.piece_from(row)
        begin = chunk.offsets[row]
        address = c_char_p(chunk.address + begin)
        outs = _call.take()
        code = _send_many(
            self._open.pointer, self._target(target), address, chunk.offsets[end] - begin, None,
            wait_ms, outs.ticket_out, outs.count_out, outs.error_out,
        )  # fmt: skip
        count = outs.count.value
        if code == Code.DP_OK:
            _call.idle.append(outs)
            if count != end - row:
                raise TaskError("a text of json.column holds more than one object")
            return end
        with outs.failure as failure:
            if code != Code.DP_E_QUEUE_FULL:
                raise _placed(failure.exception(code), chunk, begin)
        if count:
            _check_end(chunk, row, end, count)
        return row + count

    def offer_each(
        self, target: str, chunk: Chunk, row: int, wait_ms: int = SLICE_MS
    ) -> tuple[int, DatapanelError | None]:
        """Hand over objects from a row on, each by itself; return the row to go on with.

        With an error that row is no object, or too large for any request, and was not taken.
        """
        name, pointer = self._target(target), self._open.pointer
        end = chunk.piece_from(row)
        outs = _call.take()
        ticket_out, error_out = outs.ticket_out, outs.error_out
        begin = chunk.offsets[row]
        for each, after in enumerate(chunk.offsets[row + 1 : end + 1], row):
            code = _send(
                pointer, name, c_char_p(chunk.address + begin), after - begin, None,
                wait_ms, ticket_out, error_out,
            )  # fmt: skip
            begin = after
            if code == Code.DP_OK:
                continue
            with outs.failure as failure:
                if code == Code.DP_E_QUEUE_FULL:
                    return each, None
                error = failure.exception(code)
            if code in (Code.DP_E_JSON, Code.DP_E_TOO_LARGE):
                return each, error
            raise error
        _call.idle.append(outs)
        return end, None

    def wait(self) -> bool:
        """Wait for a moment until all that was taken has its outcome; whether it has."""
        code = self._flush(SLICE_MS)
        if code != Code.DP_E_WAIT:
            check(code, "flush")
        return code == Code.DP_OK

    def settle(self) -> Settled:
        """Take the reports there are. Of those of stored objects only the flags are read."""
        stored = duplicates = 0
        failures: list[Report] = []
        while True:
            pointer: Any = POINTER(dp_reports)()
            check(lib.dp_producer_poll(self._open.pointer, 0, 10_000, byref(pointer)), "poll")
            if not pointer:
                return Settled(stored, duplicates, failures)
            try:
                for index in range(lib.dp_reports_count(pointer)):
                    _, code, _, flags = _begin_of(row_at(pointer, index))
                    if code != Code.DP_OK:
                        failures.append(report_at(pointer, index))
                        continue
                    stored += 1
                    duplicates += flags & DP_POSSIBLE_DUPLICATE
            finally:
                lib.dp_reports_free(pointer)


def _check_end(chunk: Chunk, row: int, end: int, count: int) -> None:
    """Make sure that so many objects from a row on are so many rows."""
    begin = chunk.offsets[row]
    text = string_at(chunk.address + begin, chunk.offsets[end] - begin)
    _, length = rest_after(text, count)
    if row + count > end or chunk.offsets[row + count] != begin + length + 1:
        raise TaskError("a text of json.column holds more than one object")


def _placed(error: DatapanelError, chunk: Chunk, begin: int) -> DatapanelError:
    """Tell where in its row a fault is, which the library counts from the begin of the call."""
    if error.offset is not None:
        at = begin + error.offset
        its = at - chunk.offsets[bisect_right(chunk.offsets, at) - 1]
        error.args = (str(error).replace(f"byte {error.offset}", f"byte {its}", 1),)
        error.offset = its
    return error
