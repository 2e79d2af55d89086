# SPDX-License-Identifier: Apache-2.0
"""One task: its producer is opened where its rows are, and closed there whatever happens."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datapanel._failure import error_of
from datapanel.errors import DatapanelError, ObjectError

from .errors import TaskError
from .files import Letters, facts_of
from .messages import Message
from .producer import Chunk, TaskProducer

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from datapanel.report import Report

    from .plan import Plan

__all__ = ["Task", "TaskError", "Writer"]


@dataclass(frozen=True)
class Task:
    """Which rows of a job these are."""

    partition: int
    attempt: int = 0
    """How many attempts came before; engines that do not tell begin with 0 each time."""
    query: str | None = None
    """The streaming query, and its batch."""
    batch: int | None = None

    def file_name(self, run: str) -> str:
        """Return a name that no other attempt of any task has."""
        job = run if self.query is None else f"{self.query}-{self.batch}"
        return f"{job}-part-{self.partition:05}-attempt-{self.attempt}"


class Writer:
    """Writes the rows of one task; to be used in a `with`, and finished at its end."""

    def __init__(self, plan: Plan, task: Task) -> None:
        """Open the producer: here, in the process that has the rows."""
        self._plan = plan
        self._task = task
        self._letters = Letters(plan.letters, task.file_name(plan.run)) if plan.letters else None
        self._rows = self._bytes = self._stored = self._duplicates = self._failed = 0
        self._began = time.monotonic()
        self._producer = TaskProducer(plan.open_settings())

    def __enter__(self) -> Self:
        """Return the writer itself."""
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give up what has no outcome: the task has failed, and is run again or not."""
        if isinstance(exception, DatapanelError):
            place = f"partition {self._task.partition}, attempt {self._task.attempt}"
            exception.args = (f"{place}: {exception}", *exception.args[1:])
        self._producer.close(timeout=0)
        if self._letters is not None:
            self._letters.close()

    def take(self, chunk: Chunk) -> None:
        """Hand over objects, and wait for room; see what became of those before.

        A row that is no object is not taken if it is to be kept: then each goes by itself.
        """
        count = len(chunk.offsets) - 1
        self._rows += count
        self._bytes += chunk.offsets[count] - chunk.offsets[0] - count
        row = 0
        error: DatapanelError | None
        while row < count:
            if self._letters is None:
                row = self._producer.offer(self._plan.target, chunk, row)
            else:
                row, error = self._producer.offer_each(self._plan.target, chunk, row)
                if error is not None:
                    self._keep(chunk.text(row), error)
                    row += 1
            self._settle()

    def refuse(self, text: bytes, error: ObjectError) -> None:
        """Take down a row that is no object."""
        self._rows += 1
        self._keep(text, error)

    def finish(self) -> Message:
        """Wait until each row has its outcome, and tell of them."""
        while not self._producer.wait():
            self._settle()
        self._settle()
        self._producer.close(timeout=0)
        self._settle()
        stats = self._producer.stats()
        unknown = stats["reports_dropped"] + stats["payloads_dropped"]
        if unknown or self._stored + self._failed != self._rows:
            raise TaskError(
                f"{self._rows} rows, but {self._stored} stored and {self._failed} failed; "
                f"{unknown} reports were dropped"
            )
        task = self._task
        return Message(
            partition=task.partition,
            attempt=task.attempt,
            rows=self._rows,
            stored=self._stored,
            failed=self._failed,
            possible_duplicates=self._stored if task.attempt else self._duplicates,
            bytes=self._bytes,
            seconds=round(time.monotonic() - self._began, 3),
            letters=self._letters.finish() if self._letters else None,
            query=task.query,
            batch=task.batch,
        )

    def _settle(self) -> None:
        settled = self._producer.settle()
        self._stored += settled.stored
        self._duplicates += settled.duplicates
        for report in settled.failures:
            self._fail(report)

    def _fail(self, report: Report) -> None:
        if self._letters is None:
            raise error_of(report)
        if report.payload is None:
            raise TaskError(f"no bytes are left of a row that failed: {report.message}")
        self._failed += 1
        self._letters.add(facts_of(report), report.payload.strip(), is_object=True)

    def _keep(self, text: bytes, error: DatapanelError) -> None:
        if self._letters is None:
            raise error
        self._failed += 1
        facts = {"code": error.code_name, "stored": "no", "message": str(error), "attempts": 0}
        self._letters.add(facts, text, is_object=not isinstance(error, ObjectError))
