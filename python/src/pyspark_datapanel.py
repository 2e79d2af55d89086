# SPDX-License-Identifier: Apache-2.0
"""Spark writes to the data panel: `df.write.format("datapanel")` and `df.writeStream`.

Spark finds this module by its name. It imports it whenever it looks for any data source of Python,
so nothing is loaded here that is not needed to be found. docs/SPARK.md tells the options, and what
is promised.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyspark.sql.datasource import (
    DataSource,
    DataSourceArrowWriter,
    DataSourceStreamArrowWriter,
    DataSourceStreamWriter,
    DataSourceWriter,
    WriterCommitMessage,
)
from pyspark.taskcontext import TaskContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping
    from typing import NoReturn

    from pyspark.sql import Row
    from pyspark.sql.types import StructType

    from datapanel.sink import Message, Plan, Summary, Task

# Not documented by Spark; a test holds that they are there.
_QUERY, _BATCH = "sql.streaming.queryId", "streaming.sql.batchId"


class DefaultSource(DataSource):
    """The data source `datapanel`, which can be written only."""

    @classmethod
    def name(cls) -> str:
        """Return what `format` is called with."""
        return "datapanel"

    def schema(self) -> NoReturn:
        """Refuse to be read."""
        raise NotImplementedError("datapanel is for writing; it reads nothing")

    def writer(self, schema: StructType, overwrite: bool) -> DataSourceWriter:  # noqa: FBT001
        """Return the writer of a job; options are checked here, on the driver."""
        if overwrite:
            raise ValueError(
                'mode("overwrite") would have to delete what the data panel holds, and it has no '
                'such call; use mode("append"): rows with a stable id can be told from new ones'
            )
        plan = _plan(self.options, schema)
        return _ArrowWriter(plan) if plan.transfer == "arrow" else _RowWriter(plan)

    def streamWriter(  # noqa: N802
        self,
        schema: StructType,
        overwrite: bool,  # noqa: FBT001
    ) -> DataSourceStreamWriter:
        """Return the writer of a query."""
        if overwrite:
            raise ValueError(
                'outputMode("complete") would have to replace what the data panel holds; use '
                'outputMode("append")'
            )
        plan = _plan(self.options, schema)
        return _StreamArrowWriter(plan) if plan.transfer == "arrow" else _StreamRowWriter(plan)


@dataclass
class CommitMessage(WriterCommitMessage):
    """What a task tells the driver."""

    message: Message


class _Job:
    """What the writers share. They travel to the tasks, and hold nothing but the plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def _write_rows(self, rows: Iterable[Row]) -> CommitMessage:
        from datapanel.sink import write_rows  # noqa: PLC0415

        dicts = (row.asDict(recursive=True) for row in rows)
        return CommitMessage(write_rows(self.plan, _task(), dicts))

    def _write_batches(self, batches: Iterable[Any]) -> CommitMessage:
        from datapanel.sink import write_batches  # noqa: PLC0415

        return CommitMessage(write_batches(self.plan, _task(), batches))


class _Batch(_Job):
    def commit(self, messages: list[WriterCommitMessage | None]) -> None:
        """Tell what was written, once; there is nothing else to do."""
        summary = _summary(messages)
        if self.plan.ledger:
            summary.enter(self.plan.ledger, self.plan.run, once=False)
        _tell(summary.line())

    def abort(self, messages: list[WriterCommitMessage | None]) -> None:
        """Tell what is left; nothing is deleted, and tasks may go on for some seconds."""
        _tell(f"aborted, and what was stored stays; of finished tasks {_summary(messages).line()}")


class _Stream(_Job):
    def commit(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: N803
        """Tell what was written, once for each batch, however often Spark commits it."""
        summary = _summary(messages, batchId)
        name = f"{summary.query}-{batchId}"
        if self.plan.ledger and not summary.enter(self.plan.ledger, name, once=True):
            _tell(f"batch {batchId} of query {summary.query} was committed before")
        else:
            _tell(summary.line())

    def abort(self, messages: list[WriterCommitMessage | None], batchId: int) -> None:  # noqa: N803
        """Tell what is left; nothing is deleted, and Spark writes the batch again."""
        line = _summary(messages, batchId).line()
        _tell(f"aborted, and what was stored stays; of finished tasks {line}")


class _RowWriter(_Batch, DataSourceWriter):
    def write(self, iterator: Iterator[Row]) -> CommitMessage:
        return self._write_rows(iterator)


class _ArrowWriter(_Batch, DataSourceArrowWriter):
    def write(self, iterator: Iterator[Any]) -> CommitMessage:
        return self._write_batches(iterator)


class _StreamRowWriter(_Stream, DataSourceStreamWriter):
    def write(self, iterator: Iterator[Row]) -> CommitMessage:
        return self._write_rows(iterator)


class _StreamArrowWriter(_Stream, DataSourceStreamArrowWriter):
    def write(self, iterator: Iterator[Any]) -> CommitMessage:
        return self._write_batches(iterator)


def _plan(options: MutableMapping[str, str], schema: StructType) -> Plan:
    from datapanel.sink import Plan  # noqa: PLC0415

    plan = Plan.of(dict(options))
    columns = {field.name: field.dataType.typeName() for field in schema.fields}
    for option, column in (
        ("id.column", plan.identity.column),
        ("json.column", plan.json_column),
    ):
        if column and column not in columns:
            raise ValueError(f"{option}: there is no column {column!r}, but {', '.join(columns)}")
    if plan.json_column and columns[plan.json_column] != "string":
        raise ValueError(f"json.column: {plan.json_column!r} has to be a string, as to_json makes")
    if not plan.json_column and plan.identity.field in columns.keys() - {plan.identity.column}:
        raise ValueError(f"id.field: there is a column {plan.identity.field!r} already")
    return plan


def _task() -> Task:
    """Return which task this is; asked for in the task itself."""
    from datapanel.sink import Task  # noqa: PLC0415

    context = TaskContext.get()
    if context is None:
        raise RuntimeError("no task of Spark runs here")
    query, batch = context.getLocalProperty(_QUERY), context.getLocalProperty(_BATCH)
    streams = query is not None and batch is not None
    return Task(
        partition=context.partitionId(),
        attempt=context.attemptNumber(),
        query=query if streams else None,
        batch=int(batch) if batch is not None and streams else None,
    )


def _summary(messages: list[WriterCommitMessage | None], batch: int | None = None) -> Summary:
    from datapanel.sink import Summary  # noqa: PLC0415

    ours = [each.message if isinstance(each, CommitMessage) else None for each in messages]
    return Summary.of(ours, batch)


def _tell(line: str) -> None:
    """Write to the log of the driver, where Spark brings what its workers of Python say."""
    sys.stderr.write(f"datapanel: {line}\n")
    sys.stderr.flush()
