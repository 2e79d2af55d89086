# SPDX-License-Identifier: Apache-2.0
"""A spool when the machine fails: what was taken arrives, what cannot be taken is refused."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import Code, Producer, SpoolError
from emulator import wait_until
from faults import SmallDisk, bound_by_modes, no_descriptors, reopened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emulator import Emulator

HANG_SECONDS = 60
SEGMENT = 16 << 20
SIZE = 500_000
MOST = 1_000
"""More than fit into all the segments there can be in these tests."""


class Host:
    """A program that hands objects over, and knows which were taken."""

    def __init__(self, emulator: Emulator, folder: Path, **settings: Any) -> None:
        """Start, with a spool in this folder."""
        self.emulator = emulator
        self.producer: Producer = emulator.producer(
            spool_path=str(folder), spool_interval="10ms", **settings
        )
        self.taken: list[int] = []
        self._next = 0

    def send(self, size: int = SIZE, target: str | None = None) -> None:
        """Hand one over."""
        self._next += 1
        content = {"n": self._next, "x": "x" * size}
        self.producer.send(target or self.emulator.alerts, content, timeout=0)
        self.taken.append(self._next)

    def send_until_refused(self, size: int = SIZE) -> str:
        """Hand objects over as long as they are taken; return why they are no longer."""
        before = len(self.taken)
        with suppress(SpoolError):
            while len(self.taken) < before + MOST:
                self.send(size)
        # It stays so.
        with pytest.raises(SpoolError) as refusal:
            self.send(size)
        return str(refusal.value)

    def check(self, *, close: bool = True) -> None:
        """Find each object that was taken at the service, once, and told of; and no other."""
        self.producer.resume()
        self.producer.flush(HANG_SECONDS)
        assert self.producer.queued == (0, 0)
        stored = sorted(each["n"] for each in self.emulator.objects())
        assert stored == self.taken
        if close:
            self.producer.close()
            reports = list(self.producer.reports())
            assert [report.code for report in reports] == [Code.DP_OK] * len(self.taken)
            assert not any(report.possible_duplicate for report in reports)


def text_of(reason: int) -> str:
    """Return what the system calls an error."""
    return os.strerror(reason)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Give a file system with room for six segments."""
    (tmp_path / "disk").mkdir()
    with SmallDisk.mount(tmp_path / "disk", 6 * SEGMENT + (1 << 20)) as disk:
        yield disk


# no room on the disk


@pytest.mark.parametrize("segments", [2, 3])
def test_a_full_disk_takes_no_more_until_there_is_room(
    emulator: Emulator, disk: SmallDisk, segments: int
) -> None:
    host = Host(emulator, disk.folder / "spool")
    host.producer.pause()
    # The lists of the folders, and the file "spool", need some, too.
    disk.fill(leave=segments * SEGMENT + (1 << 20))
    assert text_of(errno.ENOSPC) in host.send_until_refused()
    # One segment is kept ready for the outcomes.
    per_segment = SEGMENT // SIZE
    full = (segments - 1) * per_segment
    assert full - segments <= len(host.taken) <= full
    assert host.producer.queued.objects == len(host.taken)
    assert host.producer.stats()["spool_failures"] >= 2
    disk.empty()
    for _ in range(2 * per_segment):
        host.send()
    host.check()


def test_what_is_on_a_full_disk_is_sent_and_makes_room(emulator: Emulator, disk: SmallDisk) -> None:
    host = Host(emulator, disk.folder / "spool")
    host.producer.pause()
    disk.fill(leave=3 * SEGMENT + (1 << 20))
    host.send_until_refused()
    disk.fill()
    with pytest.raises(SpoolError):
        host.send()
    host.check(close=False)
    # What was done with is used again, without any help.
    for _ in range(2 * SEGMENT // SIZE):
        host.send()
        host.producer.flush(HANG_SECONDS)
    disk.empty()
    host.check()
    with reopened(emulator, spool_path=str(disk.folder / "spool")) as producer:
        assert producer.queued.objects == 0


@pytest.mark.parametrize("sync", ["interval", "always", "none"])
def test_what_was_left_on_a_full_disk_waits_for_room(
    emulator: Emulator, disk: SmallDisk, sync: str
) -> None:
    host = Host(emulator, disk.folder / "spool", spool_sync=sync)
    host.producer.pause()
    for _ in range(2 * SEGMENT // SIZE):
        host.send()
    host.producer.close(timeout=0)
    disk.fill()
    settings = {"spool_path": str(disk.folder / "spool"), "spool_sync": sync}
    with suppress(SpoolError):
        # Files that were ready, and are not used, make room for a while.
        while True:
            reopened(emulator, **settings).close(timeout=0)
            disk.fill()
    with pytest.raises(SpoolError, match=text_of(errno.ENOSPC)):
        reopened(emulator, **settings)
    disk.empty()
    with reopened(emulator, **settings) as producer:
        producer.flush(HANG_SECONDS)
        marked = sum(report.possible_duplicate for report in producer.reports())
    there = [each["n"] for each in emulator.objects()]
    assert sorted(set(there)) == host.taken
    # What was under way when a producer was closed.
    assert len(there) - len(host.taken) <= marked


def test_always_takes_nothing_that_finds_no_room(emulator: Emulator, disk: SmallDisk) -> None:
    host = Host(emulator, disk.folder / "spool", spool_sync="always")
    host.producer.pause()
    disk.fill(leave=2 * SEGMENT + (1 << 20))
    assert text_of(errno.ENOSPC) in host.send_until_refused()
    disk.empty()
    host.send()
    host.check()


# no descriptors


def test_without_descriptors_no_segment_begins(emulator: Emulator, tmp_path: Path) -> None:
    host = Host(emulator, tmp_path / "spool")
    host.send()
    host.producer.flush(HANG_SECONDS)
    host.producer.pause()
    with no_descriptors():
        assert text_of(errno.EMFILE) in host.send_until_refused()
        # Another target needs a folder.
        with pytest.raises(SpoolError, match=text_of(errno.EMFILE)):
            host.send(target="another")
        # Nor can any be sent, or read back, or synced.
        host.producer.resume()
        before = host.producer.stats()["spool_failures"]
        wait_until(lambda: host.producer.stats()["spool_failures"] > before)
    for _ in range(2 * SEGMENT // SIZE):
        host.send()
    host.check()


def test_always_takes_nothing_that_cannot_be_synced(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = Host(emulator, tmp_path / "spool", spool_sync="always")
    host.send(10)
    host.producer.pause()
    with no_descriptors(), pytest.raises(SpoolError, match="cannot be synced"):
        host.send(10)
    host.send(10)
    host.check()
    assert text_of(errno.EMFILE) in caplog.text


def test_without_descriptors_no_producer_begins(emulator: Emulator, tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    host = Host(emulator, folder)
    host.producer.pause()
    for _ in range(2 * SEGMENT // SIZE):
        host.send()
    host.producer.close(timeout=0)
    # Some are had, and the last of them are missing.
    with no_descriptors(but=4), pytest.raises(SpoolError, match=text_of(errno.EMFILE)):
        reopened(emulator, spool_path=str(folder))
    with reopened(emulator, spool_path=str(folder)) as producer:
        assert producer.stats()["spool_recovered"] == len(host.taken)
        producer.flush(HANG_SECONDS)
    assert sorted(each["n"] for each in emulator.objects()) == host.taken


def test_a_close_without_descriptors_loses_nothing(emulator: Emulator, tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    host = Host(emulator, folder)
    host.producer.pause()
    host.send()
    with no_descriptors():
        host.producer.close(timeout=0)
    with reopened(emulator, spool_path=str(folder)) as producer:
        producer.flush(HANG_SECONDS)
    assert sorted(each["n"] for each in emulator.objects()) == host.taken


# the folder goes away


def remove(folder: Path) -> None:
    """Remove a folder, though a sync may make a file of it anew meanwhile."""

    def is_gone() -> bool:
        shutil.rmtree(folder, ignore_errors=True)
        return not folder.exists()

    wait_until(is_gone)


@pytest.mark.parametrize("sync", ["interval", "none"])
def test_what_was_taken_is_sent_though_the_folder_was_removed(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture, sync: str
) -> None:
    folder = tmp_path / "spool"
    host = Host(emulator, folder, spool_sync=sync, queue_objects=10)
    host.producer.pause()
    for _ in range(20):
        host.send()
    remove(folder)
    # It is refused where the sync of those before has noticed by now.
    with suppress(SpoolError):
        host.send()
    if sync != "none":
        # What is in it will not survive the process: somebody has to hear of it at once.
        # What the library logs is handed on by calls like this.
        wait_until(lambda: bool(host.producer.stats()) and text_of(errno.ENOENT) in caplog.text)
    # The segment is filled to its last byte: no note has room.
    for size in (SIZE, 1_000, 1):
        assert text_of(errno.ENOENT) in host.send_until_refused(size)
    host.check()
    host = Host(emulator, folder)
    emulator.reset()
    host.send()
    host.check()


def test_always_takes_nothing_into_a_folder_that_was_removed(
    emulator: Emulator, tmp_path: Path
) -> None:
    host = Host(emulator, tmp_path / "spool", spool_sync="always")
    host.producer.pause()
    host.send()
    remove(tmp_path / "spool")
    with pytest.raises(SpoolError):
        host.send()
    host.check()


@pytest.mark.parametrize("sync", ["interval", "always"])
def test_files_that_were_removed_come_again(emulator: Emulator, tmp_path: Path, sync: str) -> None:
    folder = tmp_path / "spool"
    host = Host(emulator, folder, spool_sync=sync)
    host.producer.pause()
    for _ in range(10):
        host.send()
    for each in folder.rglob("*.seg"):
        each.unlink()
    for _ in range(4 * SEGMENT // SIZE):
        host.send()
    # Whatever was in them is there again, too.
    host.producer.close(timeout=0)
    with reopened(emulator, spool_path=str(folder)) as producer:
        assert producer.stats()["spool_recovered"] == len(host.taken)
        producer.flush(HANG_SECONDS)
    assert sorted(each["n"] for each in emulator.objects()) == host.taken


def test_a_folder_that_was_moved_is_used_where_it_is(emulator: Emulator, tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    host = Host(emulator, folder)
    host.producer.pause()
    host.send()
    folder.rename(tmp_path / "moved")
    for _ in range(3 * SEGMENT // SIZE):
        host.send()
    # Another one may have its name.
    with reopened(emulator, spool_path=str(folder)) as producer:
        assert producer.queued.objects == 0
    host.producer.close(timeout=0)
    with reopened(emulator, spool_path=str(tmp_path / "moved")) as producer:
        assert producer.stats()["spool_recovered"] == len(host.taken)
        producer.flush(HANG_SECONDS)
    assert sorted(each["n"] for each in emulator.objects()) == host.taken


# nothing may be written


def test_a_folder_that_must_not_be_changed_takes_no_more(
    emulator: Emulator, tmp_path: Path
) -> None:
    folder = tmp_path / "spool"
    with bound_by_modes():
        host = Host(emulator, folder)
        host.producer.pause()
        host.send()
        (place,) = folder.glob("target-*")
        place.chmod(0o500)
        assert text_of(errno.EACCES) in host.send_until_refused()
        folder.chmod(0o500)
        with pytest.raises(SpoolError, match=text_of(errno.EACCES)):
            host.send(target="another")
        host.check(close=False)
        place.chmod(0o700)
        for _ in range(2 * SEGMENT // SIZE):
            host.send()
        host.check(close=False)
        # That it was closed cannot be noted, which costs the next one nothing.
        host.producer.pause()
        host.send()
        host.producer.close(timeout=0)
        with pytest.raises(SpoolError, match=text_of(errno.EACCES)):
            reopened(emulator, spool_path=str(folder))
        folder.chmod(0o700)
        with reopened(emulator, spool_path=str(folder)) as producer:
            assert producer.stats()["spool_recovered"] == 1


def test_a_read_only_disk_is_refused_and_left_as_it_is(emulator: Emulator, disk: SmallDisk) -> None:
    folder = disk.folder / "spool"
    disk.remount("ro")
    with pytest.raises(SpoolError, match=text_of(errno.EROFS)):
        reopened(emulator, spool_path=str(folder))
    disk.remount("rw")
    host = Host(emulator, folder)
    host.producer.pause()
    host.send()
    host.producer.close(timeout=0)
    disk.remount("ro")
    with pytest.raises(SpoolError, match=text_of(errno.EROFS)):
        reopened(emulator, spool_path=str(folder))
    disk.remount("rw")
    with reopened(emulator, spool_path=str(folder)) as producer:
        producer.flush(HANG_SECONDS)
    assert [each["n"] for each in emulator.objects()] == host.taken
