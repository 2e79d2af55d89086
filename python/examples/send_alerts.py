#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Send the objects of an NDJSON file, one on each line, and print their ids.

The settings come from the environment: DATAPANEL_ENDPOINT, DATAPANEL_PROJECT_ID,
DATAPANEL_WORKSPACE_ID and DATAPANEL_AUTH_TOKEN.
"""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from datapanel import Client, DatapanelError

if TYPE_CHECKING:
    from collections.abc import Iterator

# The data class "Alert" of the emulator; yours has another id.
ALERTS = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"


def main() -> int:
    """Send the file; 0 when every object is stored."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="a file with one JSON object on each line")
    parser.add_argument("--target", default=ALERTS, help="data class id (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=100, help="objects in a request (100)")
    arguments = parser.parse_args()
    if arguments.batch < 1:
        parser.error("--batch must be at least 1")
    try:
        with arguments.file.open("rb") as file, Client.from_environment() as client:
            return send(client, arguments.target, batches(file, arguments.batch))
    except (OSError, DatapanelError) as error:
        print(error, file=sys.stderr)
        return 2


def send(client: Client, target: str, batches: Iterator[dict[int, bytes]]) -> int:
    """Send batch after batch, up to the first that fails."""
    stored = requests = 0
    failed = None
    for batch in batches:
        try:
            reports = client.submit(target, batch.values())
        except DatapanelError as error:
            failed = explain(error, list(batch))
            break
        for report in reports:
            print(report.id)
        stored += len(reports)
        requests += 1
    print(f"{stored} objects stored, in {requests} requests", file=sys.stderr)
    if failed:
        print(failed, file=sys.stderr)
    return 1 if failed else 0


def explain(error: DatapanelError, numbers: list[int]) -> str:
    """Say which lines failed, and whether sending them again could store them twice."""
    if error.index is not None:
        return f"line {numbers[error.index]}: {error}"
    # error.reports has the exact bytes of each object, for a program that keeps what failed.
    lines = f"lines {numbers[0]} to {numbers[-1]}"
    return f"{lines}: {error.code_name}, stored: {error.stored.name.lower()}: {error}"


def batches(file: BinaryIO, size: int) -> Iterator[dict[int, bytes]]:
    """Yield the lines that are not blank, so many at a time, each under its number."""
    lines = ((number, line) for number, line in enumerate(file, start=1) if line.strip())
    while batch := dict(islice(lines, size)):
        yield batch


if __name__ == "__main__":
    sys.exit(main())
