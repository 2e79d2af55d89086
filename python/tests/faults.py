# SPDX-License-Identifier: Apache-2.0
"""What a machine may lack while a program runs: room on a disk, descriptors, the right to write."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import SpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datapanel import Producer
    from emulator import Emulator

_PATIENCE = 20.0
_libc = ctypes.CDLL(None, use_errno=True)


class SmallDisk:
    """A file system of a few megabytes, which ends with its test and which nobody else sees.

    It is mounted in a mount namespace, which root may have, and others in a user namespace where
    the machine lets them. Where it does not, its tests fail.
    """

    _SCRIPT = """
        mount -t tmpfs -o "size=$1,mode=0700" tmpfs "$2" || exit
        echo mounted
        while read -r options; do
            mount -o "remount,$options" "$2" && echo remounted || echo failed
        done"""

    def __init__(self, process: subprocess.Popen[str], place: Path) -> None:
        """Use what a process has mounted."""
        self._process = process
        self.folder = place
        self._filling = place / "filling"

    @classmethod
    @contextmanager
    def mount(cls, place: Path, size: int) -> Iterator[SmallDisk]:
        """Have one of so many bytes; only its `folder` leads to it, not the place itself."""
        who = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        command = ["unshare", "--mount", *who, "sh", "-c", cls._SCRIPT, "sh", str(size), str(place)]
        with subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            assert process.stderr
            if process.stdout.readline() != "mounted\n":
                pytest.fail(
                    "a disk that is full cannot be tested on this machine, for nothing can be "
                    f"mounted: run as root or allow user namespaces ({process.stderr.read()})"
                )
            yield cls(process, Path(f"/proc/{process.pid}/root{place}"))

    def fill(self, leave: int = 0) -> None:
        """Leave so many bytes for everybody else."""
        status = os.statvfs(self.folder)
        room = status.f_bavail * status.f_frsize - leave
        with self._filling.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), room)

    def empty(self) -> None:
        """Give the room back that was filled."""
        self._filling.unlink()

    def remount(self, options: str) -> None:
        """Mount it with other options."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{options}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "remounted\n"


def reopened(emulator: Emulator, **settings: Any) -> Producer:
    """Return a producer with a spool as soon as the one before is done with it.

    A disk that is slow keeps that one's last sync, which nobody waits for.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return emulator.producer(**settings)
        except SpoolError as refusal:
            if "in use by process" not in str(refusal) or time.monotonic() > until:
                raise


def descriptors() -> list[str]:
    """List what this process has open, and the one that this takes."""
    return sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208


@contextmanager
def no_descriptors(but: int = 0) -> Iterator[None]:
    """Let this process open no more than so many: all the descriptors it may have are in use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = max(map(int, descriptors())) + 1 + but
    used: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    try:
        with suppress(OSError):
            while True:
                used.append(os.open(os.devnull, os.O_RDONLY))
        for _ in range(but):
            os.close(used.pop())
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        for each in used:
            os.close(each)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


@contextmanager
def bound_by_modes() -> Iterator[None]:
    """Let the modes of files count for this thread and those it starts, even as root."""
    header = _Header(0x20080522, 0)
    sets = (_Capabilities * 2)()
    assert _libc.capget(ctypes.byref(header), sets) == 0
    before = sets[0].effective
    # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
    sets[0].effective &= ~0b110
    assert _libc.capset(ctypes.byref(header), sets) == 0
    try:
        yield
    finally:
        sets[0].effective = before
        assert _libc.capset(ctypes.byref(header), sets) == 0
