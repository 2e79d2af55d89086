# SPDX-License-Identifier: Apache-2.0
"""The objects that all contenders work on."""

from pathlib import Path

SIZE = 1100
OF_EACH_FILE = 100
FILES = ("alerts.ndjson", "indicators.ndjson")
# What the sink counts objects by.
MARKER = b'"data_source"'


def nearest(path: Path) -> list[bytes]:
    """The lines whose length is nearest to SIZE, as they stand in the file."""
    lines = path.read_bytes().splitlines()
    chosen = sorted(range(len(lines)), key=lambda at: abs(len(lines[at]) - SIZE))[:OF_EACH_FILE]
    return [lines[at] for at in sorted(chosen)]


def write(samples: Path, target: Path) -> str:
    """Writes the objects, alert and indicator in turn; says how many and how large they are."""
    pairs = zip(*(nearest(samples / name) for name in FILES), strict=True)
    lines = [line for pair in pairs for line in pair]
    if any(line.count(MARKER) != 1 for line in lines):
        raise SystemExit(f"bench: an object has not exactly one {MARKER.decode()}")
    target.write_bytes(b"".join(line + b"\n" for line in lines))
    sizes = [len(line) for line in lines]
    return (
        f"{len(lines)} sample alerts and indicators in turn, "
        f"{sum(sizes) / len(sizes):,.0f} bytes each on average ({min(sizes):,}-{max(sizes):,})"
    )
