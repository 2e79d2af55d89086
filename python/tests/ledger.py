# SPDX-License-Identifier: Apache-2.0
"""The books of a producer: what it took, what it told of that, and what the service has."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from datapanel import Stored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from datapanel import Producer, Report
    from emulator import Emulator

_numbers = itertools.count()


@dataclass
class Books:
    """What comes out; all but the first four have to be 0."""

    objects: int = 0
    stored: int = 0
    """Objects of which the service has a copy."""
    duplicates: int = 0
    """Copies beyond the first."""
    marked: int = 0
    """Objects that were said to be in doubt, or to have another copy perhaps."""
    lost: int = 0
    told_twice: int = 0
    unmarked_duplicates: int = 0
    missing: int = 0
    """Reported as stored, but not there."""
    stored_in_spite: int = 0
    """Reported as not stored, but there."""
    changed: int = 0
    """Handed back with other bytes."""

    def are_balanced(self) -> bool:
        """Whether nothing was lost, and everything told is true."""
        return not any(getattr(self, each.name) for each in fields(self)[4:])


class Ledger:
    """Takes down what one producer takes and tells; no two objects of any ledger are the same."""

    def __init__(self, producer: Producer) -> None:
        """Keep the books of this one, which belongs to nobody else."""
        self._producer = producer
        self._taken: dict[int, tuple[str, bytes]] = {}
        self._reports: list[Report] = []

    def send(self, target: str, count: int, size: int = 0, why: str = "") -> None:
        """Send so many objects of at least so many bytes; `why` tells them from others."""
        for _ in range(count):
            name = f"{next(_numbers):09}{why}"
            text = self._text(name, size)
            self._taken[self._producer.send(target, text)] = (name, text)

    def collect(self, timeout: float = 0) -> list[Report]:
        """Take the reports there are, and wait so long for each; return those."""
        found = list(self._producer.reports(timeout))
        self._reports += found
        return found

    def close(self, timeout: float | None) -> None:
        """Close the producer, and take down the rest."""
        left = self._producer.close(timeout)
        self.collect()
        self._reports += left

    @staticmethod
    def _text(name: str, size: int) -> bytes:
        start = f'{{"name":"{name}","x":"'
        return (start.ljust(size - 2, "x") + '"}').encode()

    def _enter(self, books: Books, copies: Counter[str]) -> None:
        told = Counter(report.ticket for report in self._reports)
        books.objects += len(self._taken)
        books.lost += sum(ticket not in told for ticket in self._taken)
        books.told_twice += sum(count > 1 for count in told.values())
        books.told_twice += sum(ticket not in self._taken for ticket in told)
        for report in self._reports:
            name, text = self._taken[report.ticket]
            is_marked = report.possible_duplicate or report.stored == Stored.MAYBE
            books.marked += is_marked
            books.stored += copies[name] > 0
            books.duplicates += max(copies[name] - 1, 0)
            books.unmarked_duplicates += copies[name] > 1 and not is_marked
            books.missing += report.stored == Stored.YES and not copies[name]
            books.stored_in_spite += report.stored == Stored.NO and copies[name] > 0
            books.changed += not report.ok and report.payload != text


def balance(ledgers: Iterable[Ledger], emulator: Emulator) -> Books:
    """Compare ledgers with what the service has by now."""
    copies = Counter(each["name"] for each in emulator.objects())
    books = Books()
    for ledger in ledgers:
        ledger._enter(books, copies)
    assert books.are_balanced(), books
    return books
