# SPDX-License-Identifier: Apache-2.0
"""Rows, one by one in Python, as the texts of objects."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING, Any

from datapanel._dumps import plain
from datapanel._frames import rows_of
from datapanel._objects import refused, text_of
from datapanel.errors import ObjectError

from .ids import SPACE, canonical, content_id, stamped
from .producer import Chunk
from .task import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .messages import Message
    from .plan import Plan
    from .task import Task

_ROWS = 1000


def write_rows(plan: Plan, task: Task, rows: Iterable[Mapping[str, Any]]) -> Message:
    """Write rows, each a mapping of its columns; return when each has its outcome.

    A column that is None is left out of its object.
    """
    with Writer(plan, task) as writer:
        each = iter(rows)
        while some := list(islice(each, _ROWS)):
            take_rows(plan, writer, some)
        return writer.finish()


def write_frame(plan: Plan, task: Task, frame: Any) -> Message:
    """Write the rows of a data frame of pandas or polars, without what is missing in them."""
    return write_rows(plan, task, rows_of(frame))


def take_rows(plan: Plan, writer: Writer, rows: Iterable[Mapping[str, Any]]) -> None:
    """Hand rows to a writer, at most as many as fit into memory several times."""
    make = text_of_row if plan.json_column is None else text_of_json
    texts = []
    for row in rows:
        try:
            texts.append(make(plan, row))
        except ObjectError as error:
            writer.refuse(_as_text(row), error)
    writer.take(Chunk.of(texts))


def text_of_row(plan: Plan, row: Mapping[str, Any]) -> bytes:
    """Return a row as an object with an id."""
    identity = plan.identity
    members = {name: value for name, value in row.items() if value is not None}
    if identity.source == "column":
        value = id_in(row, identity.column)
        members.pop(identity.column)
        return text_of({identity.field: value, **members})
    if identity.field in members:
        raise refused(f"has a column {identity.field!r}, where its id goes: see id.field", None)
    try:
        text = canonical(members, plain)
    except (TypeError, ValueError, RecursionError):
        text_of(members)  # says what is wrong with which column
        raise
    return stamped(text, identity.field, content_id(text))


def text_of_json(plan: Plan, row: Mapping[str, Any]) -> bytes:
    """Return the object that a row has as JSON, with an id."""
    text = object_in(row.get(plan.json_column or ""))
    identity = plan.identity
    if identity.source == "object":
        return text
    of_column = identity.source == "column"
    value = id_in(row, identity.column) if of_column else content_id(text)
    return stamped(text, identity.field, value)


def id_in(row: Mapping[str, Any], column: str) -> str:
    """Return what a row has as its id."""
    value = row.get(column)
    if value is None or value == "":
        raise refused(f"there is no id in column {column!r}", None)
    return str(value)


def object_in(value: Any) -> bytes:
    """Return a cell that begins with `{` and ends with `}`.

    Two such cells with a line end in between cannot be read as one object: behind a `}` that ends
    none there would have to be a comma, and in a string there can be no line end.
    """
    text = b"" if value is None else text_of(value).strip(SPACE)
    if text[:1] == b"{" and text[-1:] == b"}":
        return text
    raise refused(f"json.column holds {text[:40].decode(errors='replace')!r}, no object", None)


def _as_text(row: Mapping[str, Any]) -> bytes:
    """Return what a person can read of a row that is no object."""
    return json.dumps(dict(row), default=str, ensure_ascii=False).encode(errors="replace")
