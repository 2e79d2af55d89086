# SPDX-License-Identifier: Apache-2.0
"""What the contenders in Python share; bench.h tells how they are started, and what they say."""

from __future__ import annotations

import json
import os
import re
import sys
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# The data class that everything is sent to: the emulator's Alert.
TARGET = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"
PROJECT = os.environ["DATAPANEL_PROJECT_ID"]
WORKSPACE = os.environ["DATAPANEL_WORKSPACE_ID"]
TOKEN = os.environ["DATAPANEL_AUTH_TOKEN"]
URL = (
    f"{os.environ['DATAPANEL_ENDPOINT']}/v1/{PROJECT}/workspaces/{WORKSPACE}/soc/datapanel/"
    f"{TARGET}/data-objects/batch-create"
)

LINES = Path(sys.argv[1]).read_bytes().splitlines()
COUNT = int(sys.argv[2])
BATCH = int(sys.argv[3])


def lines(count: int) -> list[bytes]:
    """So many objects as text, over and over."""
    return list(islice(cycle(LINES), count))


def objects() -> list[dict[str, Any]]:
    """The objects as a program has them that made them itself."""
    return [json.loads(line) for line in LINES]


def batches() -> Iterator[list[dict[str, Any]]]:
    """All the objects that this run is about, in the batches of their requests."""
    endless = cycle(objects())
    for _ in range(COUNT // BATCH):
        yield list(islice(endless, BATCH))


def end(done: int) -> None:
    """Say what was done; the last thing that a contender does."""
    status = Path("/proc/self/status").read_text()
    peak = re.search(r"^VmHWM:\s*(\d+)", status, re.MULTILINE)
    print("objects", done, "peak_kib", peak[1] if peak else 0)
