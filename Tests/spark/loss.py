# SPDX-License-Identifier: Apache-2.0
"""A job on a cluster of which an executor is killed, and the books of it afterwards."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster import Cluster, driver, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator

PARTS = 8
# How long the service takes for each request, so that there is a middle of the job.
LATENCY_MS = 40


@dataclass
class Books:
    """What came out of it."""

    killed: int
    """The process that was killed, and what the service held then."""
    held: int
    commits: list[dict[str, Any]]
    copies: Counter[int]
    """How many objects of each row the service has."""
    said: str

    @property
    def objects(self) -> int:
        """All that the service has."""
        return self.copies.total()

    @property
    def duplicates(self) -> int:
        """What it has beyond one object of each row."""
        return self.objects - len(self.copies)

    def unexplained(self, rows: int) -> int:
        """Count duplicates in partitions that no other attempt came before."""
        repeated = {
            each["partition"]
            for commit in self.commits
            for each in commit["messages"]
            if each["attempt"] > 0
        }
        size = rows // PARTS
        return sum(
            count - 1
            for n, count in self.copies.items()
            if min(n // size, PARTS - 1) not in repeated
        )


def lose_an_executor(emulator: Emulator, folder: Path, rows: int) -> Books:
    """Write so many rows, kill an executor at 40 %, and wait for the end."""
    options = {
        "target": emulator.alerts,
        "endpoint": emulator.url,
        "project.id": emulator.project,
        "workspace.id": emulator.workspace,
        "id.column": "id",
        "run.id": "loss",
        "ledger.path": str(folder / "ledger"),
    }
    emulator.fault(delay_ms=LATENCY_MS, times=0)
    token = {"DATAPANEL_AUTH_TOKEN": emulator.token}
    with Cluster(folder / "cluster", **token) as cluster:
        arguments = [cluster.url, str(folder / "scratch"), str(rows), str(PARTS)]
        with driver("job.py", *arguments, json.dumps(options), **token) as job:

            def is_half_way() -> bool:
                return emulator.stats()["objects"] >= rows * 4 // 10 or job.poll() is not None

            wait_until(is_half_way, "40 % of the rows")
            held = emulator.stats()["objects"]
            killed = cluster.kill_executor() if job.poll() is None else 0
            said, _ = job.communicate(timeout=150)
    if job.returncode != 0:
        raise RuntimeError(f"the job ended with {job.returncode}: {said}")
    commits = [json.loads(path.read_text()) for path in (folder / "ledger").glob("*.json")]
    told = [line for line in said.splitlines() if line.startswith("datapanel: ")]
    copies = Counter(each["n"] for each in emulator.objects())
    return Books(killed, held, commits, copies, "\n".join(told))
