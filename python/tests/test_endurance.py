# SPDX-License-Identifier: Apache-2.0
"""A producer at which everything goes wrong, for as long as one likes: it grows no bigger.

MINUTES=30 lets it go on for so long; `make soak` does.
"""

from __future__ import annotations

import gc
import os
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger import Ledger, balance

if TYPE_CHECKING:
    from datapanel import Producer
    from emulator import Emulator

MINUTES = float(os.environ.get("MINUTES", "0.1"))
OBJECTS = 2_000
"""Of a round; after each the books are balanced."""
BATCH = 20
ROUNDS_MIN = 6
WARM_UP = 1 / 5
"""This part of the time, the memory may grow."""
GROWTH_KIB = 2_048
FILES = 8
"""More than `inflight`, by those of a segment that is synced or read."""
HANG_SECONDS = 120

PASS: dict[str, Any] = {"delay_ms": 0}
FAULTS: tuple[dict[str, Any], ...] = (
    *({"status": status} for status in (302, 400, 401, 403, 404, 408, 409, 413, 422)),
    *({"status": status} for status in (429, 500, 502, 503, 504)),
    *({"status": status, "store": True} for status in (500, 502, 503, 504)),
    *({"status": status, "headers": {"Retry-After": "0"}} for status in (429, 503)),
    {"status": 200, "body": ""},
    {"status": 200, "body": "[]", "store": True},
    {"status": 200, "body": "<html></html>", "store": True},
    {"status": 200, "body": '{"code":"SecMaster.1","message":"no"}'},
    *({"ids": count} for count in (0, BATCH - 1, BATCH + 1)),
    *({"truncate": count} for count in (0, 20)),
    *({"stall": True, "store": stores} for stores in (False, True)),
    {"delay_ms": 20},
    *({"drop": moment} for moment in ("headers", "body", "stored")),
)


def figure(name: str) -> int:
    """Return a figure of this process as the kernel has it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def play(emulator: Emulator, producer: Producer, rng: random.Random) -> int:
    """Send a round of objects, each at the service or told of; return how many copies too many."""
    emulator.reset()
    for _ in range(4 * OBJECTS // BATCH):
        # Each at one request in a hundred.
        fault = rng.choice(FAULTS) if rng.random() < len(FAULTS) / 100 else PASS
        emulator.fault(path="batch-create", **fault)
    ledger = Ledger(producer)
    ledger.send(emulator.alerts, OBJECTS)
    deadline = time.monotonic() + HANG_SECONDS
    told = 0
    while told < OBJECTS:
        assert time.monotonic() < deadline, f"{OBJECTS - told} objects have no report"
        told += len(ledger.collect(timeout=0.02))
        # What is refused as a whole blocks the target; this is the person who looks after it.
        producer.set(debug="")
    return balance([ledger], emulator).duplicates


def test_it_grows_no_bigger(emulator: Emulator, tmp_path: Path) -> None:
    """Descriptors and threads are as many all the time, and the memory stays."""
    settings = {
        "spool_path": str(tmp_path / "spool"),
        "dead_letter_path": str(tmp_path / "letters"),
        "dead_letter_bytes": "1MiB",
        "batch_objects": BATCH,
        "request_timeout": "500ms",
        "backoff_base": "20ms",
        "backoff_cap": "50ms",
    }
    rng = random.Random(6)  # noqa: S311
    start = time.monotonic()
    ends = start + MINUTES * 60
    samples: list[tuple[float, int, int, int]] = []
    duplicates = 0
    with emulator.producer(**settings) as producer:
        while time.monotonic() < ends or len(samples) < ROUNDS_MIN:
            duplicates += play(emulator, producer, rng)
            gc.collect()
            now = time.monotonic() - start
            descriptors = len(list(Path("/proc/self/fd").iterdir()))
            samples.append((now, descriptors, figure("Threads"), figure("VmRSS")))
    warm = [each for each in samples if each[0] >= samples[-1][0] * WARM_UP]
    files = sorted(each[1] for each in warm)
    threads = sorted(each[2] for each in warm)
    memory = sorted(each[3] for each in warm)
    print(  # noqa: T201
        f"\nendurance: {samples[-1][0] / 60:.1f} minutes, {len(samples) * OBJECTS} objects, "
        f"{duplicates} duplicates, all flagged; descriptors {files[0]} to {files[-1]}, threads "
        f"{threads[0]} to {threads[-1]}, memory {memory[0]} to {memory[-1]} KiB"
    )
    assert threads[0] == threads[-1]
    # Connections that were cut are made again.
    assert files[-1] - files[0] <= FILES
    assert memory[-1] - memory[0] <= GROWTH_KIB
