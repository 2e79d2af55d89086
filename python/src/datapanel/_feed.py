# SPDX-License-Identifier: Apache-2.0
"""Text with many objects, cut into pieces that a call takes in a moment.

A piece ends with a line, where most objects end, too. One that goes on in the next piece is
carried over to it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from ._objects import refused, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

PIECE_BYTES = 256 * 1024

# Half of an object is not carried on for ever; no request takes one that is larger.
CARRY_BYTES_MAX = 12_000_000

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}]')
_NEXT = re.compile(rb"\s*,")
_SPACE = b" \t\r\n"

Readable = Union["IO[bytes]", "IO[str]"]


class Piece(NamedTuple):
    """A part of the text."""

    text: bytes
    is_last: bool


def is_text(source: object) -> bool:
    """Whether this is a text, a path or a file, and not an iterable of objects."""
    kinds = (str, bytes, bytearray, memoryview, os.PathLike)
    return isinstance(source, kinds) or hasattr(source, "read")


def as_source(source: Any) -> Any:
    """Return text as bytes, and anything else as it is."""
    if isinstance(source, str) and source.strip()[:1] not in ("", "{", "["):
        raise refused(
            f"the text begins with {source.strip()[:20]!r}, which is no JSON object; "
            "give the name of a file as pathlib.Path",
            index=0,
        )
    if isinstance(source, (str, bytearray, memoryview)):
        return text_of(source)
    return source


def pieces(source: bytes | os.PathLike[str] | Readable) -> Iterator[Piece]:
    """Cut a text, the file of a name, or what a file has to read."""
    if isinstance(source, bytes):
        yield from _of_bytes(source)
    elif isinstance(source, os.PathLike):
        with Path(source).open("rb") as file:
            yield from _of_file(file)
    else:
        yield from _of_file(source)


def _of_bytes(text: bytes) -> Iterator[Piece]:
    if len(text) <= PIECE_BYTES or _is_array(text):
        yield Piece(text, is_last=True)
        return
    start = 0
    while start < len(text):
        end = min(start + PIECE_BYTES, len(text))
        if end < len(text):
            line_end = text.rfind(b"\n", start, end)
            if line_end < 0:
                line_end = text.find(b"\n", end)
            end = line_end + 1 if line_end >= 0 else len(text)
        yield Piece(text[start:end], is_last=end == len(text))
        start = end


def _of_file(file: Any) -> Iterator[Piece]:
    text = _read(file)
    while not text.strip(_SPACE) and (more := _read(file)):
        text += more
    is_array = _is_array(text)
    # What has no end of a line yet; joined at once, for a line can be long.
    parts: list[bytes] = []
    while text:
        line_end = 0 if is_array else text.rfind(b"\n") + 1
        if line_end:
            yield Piece(b"".join([*parts, text[:line_end]]), is_last=False)
            parts.clear()
        parts.append(text[line_end:])
        text = _read(file)
    yield Piece(b"".join(parts), is_last=True)


def _read(file: Any) -> bytes:
    # Of a pipe, what is there now.
    read = getattr(file, "read1", file.read)
    data: bytes | str = read(PIECE_BYTES)
    return data.encode() if isinstance(data, str) else data


def _is_array(text: bytes) -> bool:
    return text[:PIECE_BYTES].lstrip(_SPACE).startswith(b"[")


def rest_after(text: bytes, count: int) -> tuple[bytes, int]:
    r"""Return the text without its first objects, and how much shorter it is.

    The library said of them that they are well formed, so only braces and strings matter.

    >>> rest_after(b'{"a":"}"} {"b":{}}\n{"c":1}', 2)
    (b'\n{"c":1}', 18)
    >>> rest_after(b'[{"a":1}, {"b":2}]', 1)
    (b'[ {"b":2}]', 8)
    """
    if count == 0:
        return text, 0
    end = _end_of(text, count)
    if not _is_array(text):
        return text[end:], end
    comma = _NEXT.match(text, end)
    start = comma.end() if comma else end
    return b"[" + text[start:], start - 1


def _end_of(text: bytes, count: int) -> int:
    depth = 0
    for token in _TOKEN.finditer(text):
        brace = token[0]
        if brace == b"{":
            depth += 1
        elif brace == b"}":
            depth -= 1
            if depth == 0:
                count -= 1
                if count == 0:
                    return token.end()
    return len(text)
