# SPDX-License-Identifier: Apache-2.0
"""Runs contenders in turns, each time in a fresh process, and says what an object cost."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import NoReturn

from servers import Server

RUN_SECONDS_MAX = 120
KIB_MB = 1.024e-3


@dataclass(frozen=True)
class Contender:
    """One way to do the job."""

    program: str  # of this folder: NAME of NAME.c, or NAME.py
    label: str  # in the table, and the key of what is measured
    objects: int  # of one run; many enough for about half a second
    in_flight: int = 1
    settings: dict[str, str] = field(default_factory=dict)  # as environment, on top of the server's


@dataclass(frozen=True)
class Place:
    """Where the programs are, and what they find there."""

    programs: Path
    objects: Path
    environment: dict[str, str]
    python: str  # has what the contenders in Python need

    def command(self, program: str) -> list[str]:
        """What starts a contender, but for its arguments."""
        if program.endswith(".py"):
            return [self.python, str(Path(__file__).with_name(program))]
        return [str(self.programs / program)]


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    cpu_us: float  # user and system time
    wall_us: float
    peak_mb: float


@dataclass(frozen=True)
class Measured:
    """What a contender came to, a value for each round; what starting it takes is subtracted."""

    cpu_us: list[float]  # per object
    rate: list[float]  # objects per second
    peak_mb: list[float]

    def cpu_ratios(self, other: "Measured") -> list[float]:
        """How many times the CPU of another it takes, round by round."""
        return [mine / its for mine, its in zip(self.cpu_us, other.cpu_us, strict=True)]

    def rate_ratios(self, other: "Measured") -> list[float]:
        """How many times as fast as another it is, round by round."""
        return [mine / its for mine, its in zip(self.rate, other.rate, strict=True)]


def fail(message: str) -> NoReturn:
    sys.exit(f"bench: {message}")


def process(command: Sequence[str], environment: dict[str, str]) -> tuple[str, Cost]:
    """What a program printed, run to its end, and what it took by the kernel's account."""
    began = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    clock = Timer(RUN_SECONDS_MAX, child.kill)
    clock.start()
    try:
        printed = child.stdout.read() if child.stdout else ""
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
    finally:
        clock.cancel()
        if child.returncode is None:
            child.kill()
            child.wait()
    if child.returncode != 0:
        fail(f"{' '.join(command)} ended with {child.returncode}: {printed.strip()}")
    cpu = usage.ru_utime + usage.ru_stime
    return printed, Cost(cpu * 1e6, wall * 1e6, usage.ru_maxrss * KIB_MB)


def facts(printed: str) -> dict[str, str]:
    """What a program said in pairs of words."""
    words = printed.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def run(
    contender: Contender, place: Place, batch: int, objects: int, server: Server | None
) -> Cost:
    """One run with so many objects, and not one less by any count."""
    command = [*place.command(contender.program), str(place.objects), str(objects)]
    command += [str(batch), str(contender.in_flight)]
    environment = place.environment
    if server:
        server.reset()
        environment = environment | server.settings()
    printed, cost = process(command, environment | contender.settings)
    said = facts(printed)
    if int(said["objects"]) != objects:
        fail(f"{' '.join(command)} says it did {said['objects']} objects")
    if server and (arrived := server.objects()) != objects:
        fail(f"{' '.join(command)} is done, but {arrived} objects arrived")
    return Cost(cost.cpu_us, cost.wall_us, float(said["peak_kib"]) * KIB_MB)


def compare(
    contenders: Sequence[Contender],
    place: Place,
    batch: int,
    rounds: int,
    server: Server | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Measured]:
    """All contenders once a round, so that what disturbs the machine disturbs all of them."""
    started: dict[str, list[Cost]] = {each.label: [] for each in contenders}
    worked: dict[str, list[Cost]] = {each.label: [] for each in contenders}
    for number in range(rounds):
        first = number % len(contenders)
        for each in (*contenders[first:], *contenders[:first]):
            progress(f"round {number + 1} of {rounds}: {each.label}")
            started[each.label].append(run(each, place, batch, 0, server))
            worked[each.label].append(run(each, place, batch, each.objects, server))
    progress("")
    return {
        each.label: measured(each, started[each.label], worked[each.label]) for each in contenders
    }


def measured(contender: Contender, started: list[Cost], worked: list[Cost]) -> Measured:
    start_cpu = statistics.median(cost.cpu_us for cost in started)
    start_wall = statistics.median(cost.wall_us for cost in started)
    return Measured(
        cpu_us=[(cost.cpu_us - start_cpu) / contender.objects for cost in worked],
        rate=[contender.objects * 1e6 / (cost.wall_us - start_wall) for cost in worked],
        peak_mb=[cost.peak_mb for cost in worked],
    )
