# SPDX-License-Identifier: Apache-2.0
"""What `datapanel send` takes to get a large file to the service, beside a producer alone."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from findings import Finding, at_least, at_most
from measure import Contender, Place, fail, process, run
from servers import Server, Sinks

TARGET = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"
ROUNDS = 3
FILE_BYTES = 1_000_000_000
FEW_BYTES = 200_000_000  # where a slow service or gzip sets the pace
SLOW_MS = 20
LINES, ARRAY, RESUMED = "lines", "an array", "lines, --resume --ids"
PACKED, SLOW, PRODUCER = "lines, .gz", f"lines, after {SLOW_MS} ms", "dp_producer"


@dataclass(frozen=True)
class Sending:
    """One run of the command."""

    cpu_us: float  # per object
    rate: float  # objects per second
    peak_mb: float


Sendings = dict[str, list[Sending]]


@dataclass(frozen=True)
class Files:
    """The same objects over and over, in each way that they can be written down."""

    lines: Path
    few_lines: Path
    array: Path
    packed: Path

    @staticmethod
    def write(place: Place) -> "Files":
        block = place.objects.read_bytes() * 20
        folder = place.programs
        files = Files(
            folder / "lines.ndjson", folder / "few.ndjson", folder / "array.json",
            folder / "lines.ndjson.gz",
        )  # fmt: skip
        with files.lines.open("wb") as out:
            out.writelines(block for _ in range(FILE_BYTES // len(block)))
        elements = block.rstrip(b"\n").replace(b"\n", b",\n")
        with files.array.open("wb") as out:
            out.write(b"[" + elements)
            out.writelines(b",\n" + elements for _ in range(FILE_BYTES // len(block) - 1))
            out.write(b"]\n")
        # Piece by piece: a process that is started begins with the memory of this one.
        with files.few_lines.open("wb") as out, gzip.open(files.packed, "wb", 1) as packed:
            for _ in range(FEW_BYTES // len(block)):
                out.write(block)
                packed.write(block)
        return files

    def remove(self) -> None:
        for path in (self.lines, self.few_lines, self.array, self.packed):
            path.unlink(missing_ok=True)


def send(command: Path, place: Place, server: Server, file: Path, *options: str) -> Sending:
    """One run, in which no object is lost by any count."""
    server.reset()
    words = [str(command), "send", str(file), "--target", TARGET, "--quiet", *options]
    words += ["--summary", "json"]
    printed, cost = process(words, place.environment | server.settings())
    said = json.loads(printed)
    if said["stored"] != server.objects():
        fail(f"{' '.join(words)} says {said['stored']}, but {server.objects()} objects arrived")
    count = int(said["stored"])
    return Sending(cost.cpu_us / count, count * 1e6 / cost.wall_us, cost.peak_mb)


def produce(place: Place, server: Server) -> Sending:
    """The producer's own program, with the same settings."""
    count = 900_000
    cost = run(Contender("produce_datapanel", PRODUCER, count, 4), place, 100, count, server)
    return Sending(cost.cpu_us / count, count * 1e6 / cost.wall_us, cost.peak_mb)


def measure_command(command: Path, place: Place, sinks: Sinks) -> Sendings:
    files = Files.write(place)
    notes, ids = files.lines.with_suffix(".ndjson.datapanel"), place.programs / "ids.ndjson"
    found: Sendings = {LINES: [], PRODUCER: [], ARRAY: [], RESUMED: [], PACKED: [], SLOW: []}
    try:
        with sinks.start() as server:
            for _ in range(ROUNDS):
                found[LINES].append(send(command, place, server, files.lines))
                found[PRODUCER].append(produce(place, server))
                found[ARRAY].append(send(command, place, server, files.array))
                options = ("--resume", "--ids", str(ids))
                found[RESUMED].append(send(command, place, server, files.lines, *options))
                notes.unlink()
                ids.unlink()
                found[PACKED].append(send(command, place, server, files.packed))
        with sinks.start(SLOW_MS) as server:
            found[SLOW].append(send(command, place, server, files.few_lines))
    finally:
        files.remove()
        for path in (notes, ids):
            path.unlink(missing_ok=True)
    return found


def judge_command(found: Sendings) -> Iterator[Finding]:
    peak = max(each.peak_mb for runs in found.values() for each in runs)
    yield at_most("datapanel send: memory", peak, 120, "MB")
    pairs = zip(found[LINES], found[PRODUCER], strict=True)
    ratio = median(line.rate / producer.rate for line, producer in pairs)
    yield at_least("datapanel send: rate / dp_producer's", ratio, 0.7, "times")
