# SPDX-License-Identifier: Apache-2.0
"""Ids that are the same each time that the same row is sent."""

from __future__ import annotations

import json
from hashlib import sha1
from typing import Any
from uuid import UUID

# Never changed: ids of the same content have to be the same for ever.
NAMESPACE = UUID("5d3b6c1e-8f0a-5c7d-9e42-6b1f0a7c2d94")

# What JSON allows between its parts.
SPACE = b" \t\r\n"

_hash = sha1(NAMESPACE.bytes, usedforsecurity=False)


def content_id(text: bytes) -> str:
    """Return the UUIDv5 of an object's text.

    >>> from uuid import uuid5
    >>> content_id(b'{"n":1}') == str(uuid5(NAMESPACE, '{"n":1}'))
    True
    """
    hashed = _hash.copy()
    hashed.update(text)
    digits = hashed.hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def canonical(row: dict[str, Any], encode: Any) -> bytes:
    """Return the JSON of a row in one form, whatever the order of its columns.

    >>> canonical({"b": 1, "a": "ü"}, None).decode()
    '{"a":"ü","b":1}'
    """
    return json.dumps(
        row,
        ensure_ascii=False,
        allow_nan=False,
        sort_keys=True,
        separators=(",", ":"),
        default=encode,
    ).encode()


def stamped(text: bytes, field: str, value: str) -> bytes:
    """Return an object's text with one more member in front.

    >>> stamped(b'{"n":1}', "id", "x"), stamped(b"{}", "id", "x")
    (b'{"id":"x","n":1}', b'{"id":"x"}')
    """
    rest = text[1:].lstrip(SPACE)
    return head(field) + json.dumps(value).encode() + (b"" if rest == b"}" else b",") + rest


def head(field: str) -> bytes:
    """Return what stands before the id."""
    return b"{" + json.dumps(field).encode() + b":"
