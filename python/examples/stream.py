#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Send NDJSON from standard input for as long as it comes, and keep what fails.

    tail -F alerts.ndjson | stream.py failed.ndjson

Each object that finally failed is a line of the file: why, whether the service could hold it, and
its exact text. The settings come from the environment: DATAPANEL_ENDPOINT, DATAPANEL_PROJECT_ID,
DATAPANEL_WORKSPACE_ID and DATAPANEL_AUTH_TOKEN.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from datapanel import DatapanelError, ObjectError, Producer, TooLargeError

if TYPE_CHECKING:
    from datapanel import Report

# The data class "Alert" of the emulator; yours has another id.
ALERTS = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"


def main() -> int:
    """Send until the input ends, or Ctrl-C; 0 when every object is stored."""
    if len(sys.argv) != 2:  # noqa: PLR2004
        print("usage: stream.py FAILED, with NDJSON on standard input", file=sys.stderr)
        return 2
    with Path(sys.argv[1]).open("a", encoding="utf-8") as failed:
        try:
            return stream(failed)
        except DatapanelError as error:
            print(error, file=sys.stderr)
            return 2


def stream(failed: TextIO) -> int:
    """Send each line; write what fails."""
    bad_lines = 0

    def keep(report: Report) -> None:
        line = {
            "code": report.code_name,
            "stored": report.stored.name.lower(),
            "message": report.message,
            "object": (report.payload or b"").decode(),
        }
        failed.write(json.dumps(line, ensure_ascii=False) + "\n")

    # A stored object needs nothing done.
    with Producer.from_environment(on_report=keep, reports="failures") as producer:
        try:
            for number, line in enumerate(sys.stdin.buffer, start=1):
                try:
                    if text := line.strip():
                        producer.send(ALERTS, text)
                except (ObjectError, TooLargeError) as error:
                    print(f"line {number}: {error}", file=sys.stderr)
                    bad_lines += 1
        except KeyboardInterrupt:
            print("interrupted; sending what was read", file=sys.stderr)
        for report in producer.close(timeout=30):
            keep(report)
        stats = producer.stats()
    print(f"{stats['objects_stored']} objects stored, {stats['objects_failed']} failed")
    return 1 if stats["objects_failed"] or bad_lines else 0


if __name__ == "__main__":
    sys.exit(main())
