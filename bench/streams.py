# SPDX-License-Identifier: Apache-2.0
"""A stream of objects in every way that matters, and what is promised about it."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from findings import Finding, at_least, at_most
from measure import Contender, Cost, Measured, Place, compare, run
from servers import Sinks

OURS, BY_HAND, WIRE = "dp_producer", "libcurl + jansson", "libcurl, no JSON work"
PARTS = "libcurl, no JSON work, head and body apart"


@dataclass(frozen=True)
class Cell:
    """How the objects travel; each cell is a line of the table."""

    batch: int
    latency_ms: int  # of the server
    in_flight: int
    tls: bool


@dataclass(frozen=True)
class Program:
    """A contender, and about what it takes: so long runs last about equally long everywhere."""

    name: str  # of this folder, without .c
    label: str
    request_us: float
    object_us: float


PROGRAMS = (
    Program("produce_datapanel", OURS, 40, 1.8),
    Program("produce_jansson", BY_HAND, 25, 19),
    Program("send_prebuilt", WIRE, 25, 0.9),
)
CAREFUL = Program("send_parts", PARTS, 45, 0.9)
CELLS = tuple(
    Cell(batch, latency_ms, in_flight, tls)
    for tls in (False, True)
    for batch in (1, 100, 1000)
    for latency_ms in (0, 20)
    for in_flight in (1, 4, 16)
)

# The cells that something is promised about; they are measured longer, and more often.
BUSY = Cell(100, 0, 4, tls=False)
BUSY_TLS = Cell(100, 0, 4, tls=True)
FAR = Cell(100, 20, 16, tls=False)
SINGLE = Cell(1, 0, 4, tls=False)  # has PARTS, too
SINGLE_FAR = Cell(1, 20, 16, tls=False)
MANY = Cell(100, 0, 16, tls=False)
JUDGED = (BUSY, BUSY_TLS, FAR, SINGLE, SINGLE_FAR, MANY)

ROUNDS_MAX = 3  # of a cell without a promise
REQUESTS_MIN = 3

FEW_OBJECTS, MANY_OBJECTS = 10_000, 10_000_000

Results = dict[Cell, dict[str, Measured]]


@dataclass(frozen=True)
class Lengths:
    """What a short stream takes, and a long one."""

    few: Cost
    many: Cost
    connections: int  # of the long one


def seconds_of(cell: Cell) -> float:
    """How long a run shall last: the first and the last requests weigh when they take 20 ms."""
    if cell in JUDGED:
        return 1.0
    return 0.3 if cell.latency_ms else 0.2


def objects_of(cell: Cell, program: Program) -> int:
    """How many make a run of the wanted time: the program's work bounds them, or the waiting."""
    cpu_us = program.request_us + cell.batch * program.object_us
    wait_us = (cell.latency_ms * 1e3 + cpu_us) / cell.in_flight
    requests = round(seconds_of(cell) * 1e6 / max(cpu_us, wait_us))
    return max(requests, REQUESTS_MIN, cell.in_flight) * cell.batch


def contenders_of(cell: Cell) -> tuple[Contender, ...]:
    return tuple(
        Contender(each.name, each.label, objects_of(cell, each), cell.in_flight)
        for each in (*PROGRAMS, *((CAREFUL,) if cell == SINGLE else ()))
    )


def measure_streams(
    place: Place, rounds: int, sinks: Sinks, progress: Callable[[str], None]
) -> Results:
    """All cells, one after the other."""
    results: Results = {}
    for cell in CELLS:
        position = f"{len(results) + 1} of {len(CELLS)}, "
        its_rounds = rounds if cell in JUDGED else min(rounds, ROUNDS_MAX)
        with sinks.start(cell.latency_ms, tls=cell.tls) as server:
            results[cell] = compare(
                contenders_of(cell),
                place,
                cell.batch,
                its_rounds,
                server,
                partial(show_position, progress, position),
            )
    return results


def show_position(progress: Callable[[str], None], position: str, what: str) -> None:
    progress(position + what if what else "")


def measure_lengths(place: Place, sinks: Sinks) -> Lengths:
    """In one round: they are about memory."""
    ours = contenders_of(MANY)[0]
    with sinks.start(MANY.latency_ms, tls=MANY.tls) as server:
        few = run(ours, place, MANY.batch, FEW_OBJECTS, server)
        many = run(ours, place, MANY.batch, MANY_OBJECTS, server)
        return Lengths(few, many, server.connections())


def judge_streams(results: Results, lengths: Lengths) -> Iterator[Finding]:
    def cpu(cell: Cell, label: str, other: str) -> float:
        return median(results[cell][label].cpu_ratios(results[cell][other]))

    def rate(cell: Cell, limit: str = WIRE) -> float:
        return median(results[cell][OURS].rate_ratios(results[cell][limit]))

    yield at_most("CPU / wire limit's: 100, 0 ms, 4", cpu(BUSY, OURS, WIRE), 2.5, "times")
    yield at_least("CPU by hand / ours: 100, 0 ms, 4", cpu(BUSY, BY_HAND, OURS), 9, "times")
    yield at_most("the same / wire limit's with TLS", cpu(BUSY_TLS, OURS, WIRE), 2, "times")
    yield at_least("rate / wire limit's: 100, 0 ms, 4", rate(BUSY), 0.5, "times")
    yield at_least("rate / wire limit's: 100, 20 ms, 16", rate(FAR), 0.95, "times")
    yield at_least("rate / careful wire limit's: 1, 0 ms, 4", rate(SINGLE, PARTS), 0.9, "times")
    yield at_least("rate / wire limit's: 1, 20 ms, 16", rate(SINGLE_FAR), 0.9, "times")
    peak = max(lengths.many.peak_mb, median(results[MANY][OURS].peak_mb))
    yield at_most("memory: 100, 16 at once", peak, 20, "MB")
    growth = abs(lengths.many.peak_mb - lengths.few.peak_mb)
    yield at_most("memory of 10 million less that of 10,000", growth, 2, "MB")
    yield at_most("connections for them, 16 at once", lengths.connections, MANY.in_flight, "")


def where(cell: Cell) -> tuple[int, int, int, int]:
    return cell.batch, cell.latency_ms, cell.in_flight, int(cell.tls)


def write_rounds(results: Results, path: Path) -> None:
    """Every value that a median is of."""
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        places = ("batch", "latency_ms", "in_flight", "tls", "contender")
        rows.writerow([*places, "cpu_us_per_object", "objects_per_s", "peak_mb"])
        for cell, its in results.items():
            for label, measured in its.items():
                values = zip(measured.cpu_us, measured.rate, measured.peak_mb, strict=True)
                rows.writerows(
                    [*where(cell), label, *(f"{each:.3f}" for each in value)] for value in values
                )
