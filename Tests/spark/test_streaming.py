# SPDX-License-Identifier: Apache-2.0
"""A query that was killed goes on where it was, and commits each batch once."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cluster import driver, wait_until

if TYPE_CHECKING:
    from emulator import Emulator

FILES = 4
ROWS = 2000


def make_input(folder: Path) -> None:
    (folder / "input").mkdir()
    for file in range(FILES):
        rows = (json.dumps({"key": f"k{n}", "n": n}) for n in range(file * ROWS, (file + 1) * ROWS))
        path = folder / "input" / f"{file}.json"
        path.write_text("\n".join(rows) + "\n")
        os.utime(path, (1_700_000_000 + file, 1_700_000_000 + file))


def ledgers(folder: Path) -> dict[int, dict[str, Any]]:
    found = [json.loads(path.read_text()) for path in (folder / "ledger").glob("*.json")]
    return {each["batch"]: each for each in found}


def run_to_its_end(folder: Path, options: dict[str, str]) -> str:
    with driver("streaming.py", str(folder), json.dumps(options)) as query:
        said, _ = query.communicate(timeout=120)
    assert query.returncode == 0, said
    return said


def test_killed_query_goes_on(emulator: Emulator, options: dict[str, str], tmp_path: Path) -> None:
    make_input(tmp_path)
    given = {
        **options,
        "id.column": "key",
        "ledger.path": str(tmp_path / "ledger"),
        "inflight": "1",
    }
    # Batch 1 has been stored in part when it stands still.
    emulator.fault(stall=True, skip=(ROWS + ROWS // 2) // 100, times=0)
    with driver("streaming.py", str(tmp_path), json.dumps(given)) as query:
        wait_until(
            lambda: emulator.stats()["objects"] == ROWS + ROWS // 2 or query.poll() is not None,
            "half of batch 1",
        )
        assert query.poll() is None, query.communicate()[0]
        os.killpg(query.pid, signal.SIGKILL)
    assert list(ledgers(tmp_path)) == [0]
    emulator._ask("DELETE", "/_emulator/faults")

    run_to_its_end(tmp_path, given)
    copies = Counter(each["n"] for each in emulator.objects())
    assert set(copies) == set(range(FILES * ROWS))
    # What was stored of the batch that was under way is there twice, under the same ids.
    assert sorted(n for n in copies if copies[n] == 2) == list(range(ROWS, ROWS + ROWS // 2))
    books = ledgers(tmp_path)
    assert [books[batch]["stored"] for batch in sorted(books)] == [ROWS] * FILES
    assert {each["messages"][0]["batch"] for each in books.values()} == set(range(FILES))
    assert len({each["query"] for each in books.values()}) == 1

    # As if it had been killed within the last commit: Spark writes and commits the batch again,
    # now by rows.
    for name in (f"{FILES - 1}", f".{FILES - 1}.crc"):
        (tmp_path / "checkpoint" / "commits" / name).unlink()
    said = run_to_its_end(tmp_path, {**given, "transfer": "rows"})
    assert f"batch {FILES - 1} of query" in said
    assert "was committed before" in said
    assert ledgers(tmp_path) == books
    copies = Counter(each["n"] for each in emulator.objects())
    assert sum(copies.values()) == FILES * ROWS + ROWS // 2 + ROWS
