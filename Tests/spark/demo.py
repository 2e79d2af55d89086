# SPDX-License-Identifier: Apache-2.0
"""Show a job that outlives one of its executors: FOLDER. Ends with 1 when a row is missing."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from emulator import Emulator
from loss import PARTS, lose_an_executor

ROWS = 100_000

print(f"A Master and two Workers, an emulator, {ROWS} rows in {PARTS} partitions.", flush=True)
with Emulator.start(os.environ["EMULATOR"]) as emulator:
    books = lose_an_executor(emulator, Path(sys.argv[1]), ROWS)
print(f"Executor {books.killed} was killed when the service held {books.held} objects.")
print("The driver says:", *(f"    {line}" for line in books.said.splitlines()), sep="\n")

print("The ledger of the one commit:" if len(books.commits) == 1 else "Several commits!")
print("    partition  attempt    rows  stored  failed  may be twice     bytes  seconds")
for commit in books.commits:
    for each in (*commit["messages"], {"partition": "all", "attempt": "", **commit}):
        print(
            f"    {each['partition']:>9}  {each['attempt']:>7}  {each['rows']:>6}  "
            f"{each['stored']:>6}  {each['failed']:>6}  {each['possible_duplicates']:>12}  "
            f"{each['bytes']:>8}  {each['seconds']:>7.3f}"
        )
missing = ROWS - len(books.copies)
unexplained = books.unexplained(ROWS)
print(f"The emulator holds {books.objects} objects of {len(books.copies)} rows.")
print(
    f"{missing} rows are missing; {books.duplicates} objects are there twice, {unexplained} of them "
    "without a repeated task that tells of them."
)
sys.exit(missing != 0 or unexplained != 0 or len(books.commits) != 1)
