# SPDX-License-Identifier: Apache-2.0
"""A process with a spool, which tells what it took and what it heard, until it is killed.

python spooler.py SETTINGS FIRST COUNT SIZE

SETTINGS is JSON. It sends COUNT objects, {"name":"000000001",...} and so on from FIRST, each of
SIZE bytes at least, and writes a line as soon as it knows: `taken NAME TICKET`, then
`told TICKET CODE STORED POSSIBLE_DUPLICATE RECOVERED`. When nothing is left it says `closed`.
"""

from __future__ import annotations

import json
import os
import sys

from datapanel import Producer, Report

ALERTS = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"


def say(line: str) -> None:
    """Write a line at once: nothing of it may wait in this process."""
    os.write(1, line.encode() + b"\n")


def tell(report: Report) -> None:
    """Say what came of an object."""
    say(
        f"told {report.ticket} {report.code} {report.stored.value} "
        f"{report.possible_duplicate:d} {report.recovered:d}"
    )


def main(settings: str, first: int, count: int, size: int) -> None:
    """Do it."""
    producer = Producer(**json.loads(settings))
    say("open")
    for number in range(first, first + count):
        name = f"{number:09}"
        text = f'{{"name":"{name}","x":"'.ljust(size - 2, "x") + '"}'
        say(f"taken {name} {producer.send(ALERTS, text)}")
        for report in producer.reports():
            tell(report)
    producer.close()
    for report in producer.reports():
        tell(report)
    say("closed")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
