# SPDX-License-Identifier: Apache-2.0
"""Batches of Arrow as the texts of objects; a column of JSON without an object of Python a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ids import SPACE, content_id, head
from .producer import Chunk
from .task import Writer
from .texts import take_rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .messages import Message
    from .plan import Plan
    from .task import Task

# What would have to be written another way in JSON.
_ESCAPED = r'["\\\x00-\x1f]'


def write_batches(plan: Plan, task: Task, batches: Iterable[Any]) -> Message:
    """Write the rows of `pyarrow.RecordBatch`es; return when each row has its outcome."""
    with Writer(plan, task) as writer:
        for batch in batches:
            if plan.json_column is None:
                take_rows(plan, writer, batch.to_pylist(maps_as_pydicts="strict"))
            else:
                _take_json(plan, writer, batch)
        return writer.finish()


def _take_json(plan: Plan, writer: Writer, batch: Any) -> None:
    """Hand over the texts of a column where Arrow has them; what looks odd goes one by one."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    texts = batch.column(plan.json_column).cast(pa.large_string())
    ids = None
    good = pc.and_(pc.starts_with(texts, "{"), pc.ends_with(texts, "}"))
    if plan.identity.source == "column":
        ids = batch.column(plan.identity.column).cast(pa.large_string())
        strange = pc.or_(pc.equal(ids, ""), pc.match_substring_regex(ids, _ESCAPED))
        good = pc.and_(good, pc.invert(strange))
    good = pc.fill_null(good, fill_value=False)
    if pc.sum(good).as_py() != len(texts):
        columns = [name for name in (plan.json_column, plan.identity.column) if name]
        odd = batch.filter(pc.invert(good)).select(columns)
        take_rows(plan, writer, odd.to_pylist())
        texts = texts.filter(good)
        ids = ids.filter(good) if ids is not None else None
    if len(texts):
        writer.take(_chunk(plan, texts, ids))


def _chunk(plan: Plan, texts: Any, ids: Any) -> Chunk:
    """Put line ends between the texts, and ids in front: Arrow copies them in one go."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    def large(text: str) -> Any:
        return pa.scalar(text, pa.large_string())

    identity = plan.identity
    if identity.source == "content":
        ids = pa.array([content_id(each.encode()) for each in texts.to_pylist()], pa.large_string())
    if ids is None:
        joined = pc.binary_join_element_wise(texts, large(""), large("\n"))
    else:
        rest = pc.replace_substring(texts, "{", "", max_replacements=1)
        rest = pc.ascii_ltrim(rest, characters=SPACE.decode())
        comma = pc.if_else(pc.equal(rest, "}"), large('"'), large('",'))
        before = large(head(identity.field).decode() + '"')
        joined = pc.binary_join_element_wise(before, ids, comma, rest, large("\n"), large(""))
    _, offsets, memory = joined.buffers()
    begins = memoryview(offsets).cast("q")[joined.offset : joined.offset + len(joined) + 1]
    return Chunk(memory.address, begins, (joined, offsets, memory))
