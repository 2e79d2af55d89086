# SPDX-License-Identifier: Apache-2.0
"""Dead letters when the machine fails: what is marked is whole in the file, the rest is told of."""

from __future__ import annotations

import errno
import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import Code, DatapanelError, Producer
from emulator import wait_until
from faults import SmallDisk, descriptors, no_descriptors, reopened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from datapanel import Report
    from emulator import Emulator

HANG_SECONDS = 60
SMALLEST = 1 << 20
"""Of what all files together may take: each has a quarter."""


class Host:
    """A program all of whose objects fail, and that keeps them in a file."""

    def __init__(self, emulator: Emulator, file: Path, **settings: Any) -> None:
        """Start."""
        emulator.fault(status=400, times=0)
        self.target = emulator.alerts
        self.file = file
        # Each has a request of its own: of several, those that are good would be looked for.
        self.producer: Producer = emulator.producer(
            dead_letter_path=str(file), batch_objects=1, **settings
        )
        self._next = 0
        self._marked: set[int] = set()

    def fail(self, count: int = 1, size: int = 10) -> list[Report]:
        """Hand objects over; return what is told of them, each with the object itself."""
        for _ in range(count):
            self._next += 1
            self.producer.send(self.target, {"n": self._next, "x": "x" * size})
        self.producer.flush(HANG_SECONDS)
        reports = list(self.producer.reports())
        assert [report.code for report in reports] == [Code.DP_E_REJECTED] * count
        contents = [json.loads(report.payload or b"") for report in reports]
        assert sorted(each["n"] for each in contents) == list(
            range(self._next - count + 1, self._next + 1)
        )
        self._marked |= {report.ticket for report in reports if report.dead_lettered}
        return reports

    def marks(self, count: int = 1, size: int = 10) -> set[bool]:
        """Say which marks the reports have."""
        return {report.dead_lettered for report in self.fail(count, size)}

    def check(self) -> None:
        """Find what was marked in the files, and nothing that is not whole."""
        self.producer.close()
        tickets: list[int] = []
        for each in self.file.parent.glob(f"{self.file.name}*"):
            tickets += [json.loads(line)["ticket"] for line in each.read_text().splitlines()]
        assert self._marked <= set(tickets)
        stats = self.producer.stats()
        assert stats["dead_letters"] == len(self._marked)
        assert stats["dead_letters_failed"] == self._next - len(self._marked)
        assert stats["dead_letters_dropped"] == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Give a file system with room for some letters."""
    (tmp_path / "disk").mkdir()
    with SmallDisk.mount(tmp_path / "disk", 1 << 20) as disk:
        yield disk


@pytest.mark.parametrize("leave", [0, 4_096, 100_000])
def test_on_a_full_disk_only_what_is_written_is_marked(
    emulator: Emulator, disk: SmallDisk, caplog: pytest.LogCaptureFixture, leave: int
) -> None:
    host = Host(emulator, disk.folder / "dead.ndjson")
    assert host.marks() == {True}
    disk.fill(leave)
    marks = [report.dead_lettered for report in host.fail(100, 2_000)]
    # What is left of a page, and the pages that were left.
    assert 3 * (leave // 9_000) <= sum(marks) <= 3 + leave // 2_000
    assert f"cannot be written to: {os.strerror(errno.ENOSPC)}" in caplog.text
    disk.empty()
    assert host.marks(100, 2_000) == {True}
    host.check()


def test_with_a_spool_what_finds_no_room_is_told_of_and_done(
    emulator: Emulator, disk: SmallDisk, tmp_path: Path
) -> None:
    spool = str(tmp_path / "spool")
    host = Host(emulator, disk.folder / "dead.ndjson", spool_path=spool)
    disk.fill()
    assert host.marks(10, 1_000) == {False}
    disk.empty()
    assert host.marks() == {True}
    host.check()
    with emulator.producer(spool_path=spool) as producer:
        assert producer.queued.objects == 0


def test_a_folder_that_is_back_is_used_again(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    host = Host(emulator, folder / "dead.ndjson")
    shutil.rmtree(folder)
    assert host.marks() == {False}
    assert f"cannot be opened: {os.strerror(errno.ENOENT)}" in caplog.text
    folder.mkdir()
    assert host.marks() == {True}
    # And where it was moved away, another one is.
    folder.rename(tmp_path / "moved")
    assert host.marks() == {False}
    (tmp_path / "moved").rename(folder)
    assert host.marks() == {True}
    host.check()


def test_without_descriptors_a_file_is_used_on(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # One connection, which is there before.
    host = Host(emulator, tmp_path / "dead.ndjson", dead_letter_bytes=SMALLEST, inflight=1)
    assert host.marks() == {True}
    with no_descriptors():
        assert host.marks(3) == {True}
        # Another file cannot be opened when this one is full.
        assert host.marks(40, 10_000) == {True, False}
        assert host.marks() == {False}
    assert f"cannot be opened: {os.strerror(errno.EMFILE)}" in caplog.text
    assert os.strerror(errno.EBADF) not in caplog.text
    assert host.marks() == {True}
    host.check()


def test_a_file_whose_name_cannot_be_synced_is_not_trusted(
    emulator: Emulator, tmp_path: Path
) -> None:
    host = Host(emulator, tmp_path / "dead.ndjson")
    assert host.marks() == {True}
    host.file.rename(tmp_path / "dead.ndjson.moved")
    with no_descriptors():
        # The new file takes the descriptor of the old one, and there is none for the folder.
        assert host.marks() == {False}
    with no_descriptors(but=2):
        assert host.marks() == {True}
    host.check()


def test_a_producer_begins_with_enough_descriptors_or_not_at_all(
    emulator: Emulator, tmp_path: Path
) -> None:
    settings: dict[str, Any] = {
        "dead_letter_path": str(tmp_path / "dead.ndjson"),
        "spool_path": str(tmp_path / "spool"),
        "linger": "10m",
    }
    before = descriptors()
    with emulator.producer(**settings) as producer:
        producer.pause()
        producer.send(emulator.alerts, "{}")
        producer.close(timeout=0)
    del producer
    refused = 0
    while True:
        # Whatever was opened is closed again.
        wait_until(lambda: descriptors() == before)
        with no_descriptors(but=refused):
            try:
                producer = emulator.producer(**settings)
            except DatapanelError:
                refused += 1
            else:
                producer.pause()
                producer.close(timeout=0)
                break
    assert refused > 5
    with reopened(emulator, **settings) as producer:
        producer.flush(HANG_SECONDS)
    assert len(emulator.objects()) == 1
