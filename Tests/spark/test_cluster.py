# SPDX-License-Identifier: Apache-2.0
"""A job outlives an executor: no row is lost, and what is there twice is told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from loss import PARTS, lose_an_executor

if TYPE_CHECKING:
    from pathlib import Path

    from emulator import Emulator

ROWS = 100_000


def test_executor_is_killed_in_the_middle(emulator: Emulator, tmp_path: Path) -> None:
    books = lose_an_executor(emulator, tmp_path, ROWS)
    assert books.killed
    assert set(books.copies) == set(range(ROWS))
    [commit] = books.commits
    assert books.said.count("datapanel: ") == 1
    assert (commit["tasks"], commit["rows"], commit["stored"]) == (PARTS, ROWS, ROWS)
    assert commit["repeated"] >= 1
    assert books.unexplained(ROWS) == 0
    assert 0 < books.duplicates <= commit["possible_duplicates"]
