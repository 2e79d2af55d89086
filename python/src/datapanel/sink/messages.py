# SPDX-License-Identifier: Apache-2.0
"""What tasks tell the driver, and what the driver makes of it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .files import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Message:
    """What became of the rows of one task, all of which have their outcome."""

    partition: int
    attempt: int
    """How many attempts of the task came before."""
    rows: int
    stored: int
    """Rows that the service acknowledged."""
    failed: int
    """Rows that are dead letters."""
    possible_duplicates: int
    """Stored rows that may be there twice: the producer tried them twice, or another attempt of
    the task came before, which counts for all of its rows."""
    bytes: int
    """Bytes of objects."""
    seconds: float
    letters: str | None = None
    """The file with the dead letters."""
    query: str | None = None
    """The streaming query, and its batch."""
    batch: int | None = None


@dataclass(frozen=True)
class Summary:
    """The messages of a job or batch, added up."""

    tasks: int
    repeated: int
    """Tasks that another attempt came before."""
    rows: int
    stored: int
    failed: int
    possible_duplicates: int
    bytes: int
    seconds: float
    """What the tasks took, one after the other."""
    query: str | None
    batch: int | None
    messages: tuple[Message, ...]

    @classmethod
    def of(cls, messages: Iterable[Message | None], batch: int | None = None) -> Summary:
        """Add up; None stands for a task that did not finish."""
        there = sorted((each for each in messages if each), key=lambda each: each.partition)
        return cls(
            tasks=len(there),
            repeated=sum(each.attempt > 0 for each in there),
            rows=sum(each.rows for each in there),
            stored=sum(each.stored for each in there),
            failed=sum(each.failed for each in there),
            possible_duplicates=sum(each.possible_duplicates for each in there),
            bytes=sum(each.bytes for each in there),
            seconds=round(sum(each.seconds for each in there), 3),
            query=next((each.query for each in there if each.query), None),
            batch=batch,
            messages=tuple(there),
        )

    def line(self) -> str:
        """Return all of it in one line."""
        what = f"{self.rows} rows"
        if self.batch is not None:
            what = f"batch {self.batch} of query {self.query}, {what}"
        return (
            f"{what}: {self.stored} stored, {self.failed} failed, {self.possible_duplicates} may "
            f"be there twice; {self.tasks} tasks, {self.repeated} of them repeated; {self.bytes} "
            f"bytes, {self.seconds} task-seconds"
        )

    def enter(self, directory: str, name: str, *, once: bool) -> bool:
        """Write a file of this name into a ledger, which holds all of it or is not there.

        With `once` a file that is there stays, and this returns False.
        """
        path = Path(directory) / f"{name}.json"
        if once and path.exists():
            return False
        facts: dict[str, Any] = asdict(self)
        replace_file(path, json.dumps(facts, indent=1).encode() + b"\n")
        return True
