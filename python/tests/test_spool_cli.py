# SPDX-License-Identifier: Apache-2.0
"""`datapanel spool` reads a spool while its producer goes on with it, and after its end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import Producer

if TYPE_CHECKING:
    from typing_extensions import Self

    from emulator import Emulator

COMMAND = Path(os.environ["EMULATOR"]).with_name("datapanel")
PROGRAM = Path(__file__).with_name("spooler.py")
HANG_SECONDS = 60
ROUNDS = 10
ROOM = 64 << 20
"""Of a spool whose segments are used again all the time."""
SIZE = 100_000
MOST = 40_000


def spool(command: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command on a spool."""
    return subprocess.run(  # noqa: S603
        [COMMAND, "spool", command, str(folder), *arguments],
        capture_output=True,
        check=False,
        timeout=HANG_SECONDS,
    )


def tickets(folder: Path) -> list[int]:
    """Return those that a list has, which are never there twice, nor out of order."""
    listed = spool("list", folder, "--json")
    assert listed.returncode == 0, listed
    found = [json.loads(line)["ticket"] for line in listed.stdout.splitlines()]
    assert found == sorted(set(found))
    return found


def check(folder: Path) -> str:
    """Return what a check tells, which is of no damage."""
    checked = spool("check", folder)
    assert checked.returncode == 0, checked
    return checked.stdout.decode()


class Stream:
    """Hands objects over as fast as they are taken, in a thread of its own, until it is left."""

    def __init__(
        self, producer: Producer, target: str, filling: int, most: int = sys.maxsize
    ) -> None:
        """Take objects of up to so many bytes, and at most so many."""
        self._producer = producer
        self._target = target
        self._filling = "x" * filling
        self._most = most
        self._is_over = threading.Event()
        self.sent = 0
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._is_over.set()
        self._thread.join(HANG_SECONDS)

    def _run(self) -> None:
        while not self._is_over.is_set() and self.sent < self._most:
            many = [
                {"n": n, "x": self._filling[: n * 977 % len(self._filling)]}
                for n in range(self.sent, self.sent + 50)
            ]
            self._producer.send_many(self._target, many, timeout=HANG_SECONDS)
            self.sent += len(many)
            for _ in self._producer.reports():
                pass


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a place for a spool."""
    return tmp_path / "spool"


def test_a_producer_at_work_is_no_damage(emulator: Emulator, folder: Path) -> None:
    with emulator.producer(spool_path=str(folder), spool_bytes=ROOM) as producer:
        with Stream(producer, emulator.alerts, 2 * SIZE) as stream:
            rounds = 0
            while rounds < ROUNDS or stream.sent * SIZE < 2 * ROOM:
                rounds += 1
                assert f"in use by process {os.getpid()}\n" in check(folder)
                tickets(folder)
                exported = spool("export", folder)
                assert exported.returncode == 0, exported
                numbers = [json.loads(line)["n"] for line in exported.stdout.splitlines()]
                assert numbers == sorted(set(numbers))
        producer.flush(HANG_SECONDS)
        assert tickets(folder) == []


def test_a_paused_producer_has_all_it_took(emulator: Emulator, folder: Path) -> None:
    producer = emulator.producer(spool_path=str(folder))
    producer.pause()
    with Stream(producer, emulator.alerts, 2_000, most=MOST) as stream:
        before = 0
        while before < MOST:
            before = stream.sent
            check(folder)
            found = tickets(folder)
            # Nothing has an outcome, and what was taken before is there.
            assert len(found) >= before
            assert found == list(range(1, len(found) + 1))
    assert producer.close(timeout=0) == []
    assert check(folder).startswith(f"{folder}: closed")
    exported = spool("export", folder)
    lines = exported.stdout.splitlines()
    assert [json.loads(line)["n"] for line in lines] == list(range(MOST))
    assert exported.stderr.decode() == f"datapanel: {MOST:,} objects\n"


def test_an_export_has_the_exact_bytes(emulator: Emulator, folder: Path) -> None:
    texts = ['{"n":1e400}', '{ "a" : "\\u00e9é" }', '{"b":[\t1,2.50]}']
    with emulator.producer(spool_path=str(folder)) as producer:
        producer.pause()
        for text in texts:
            producer.send("one", text)
        producer.send("two", "{}")
        producer.close(timeout=0)
    assert spool("export", folder).returncode == 2
    exported = spool("export", folder, "--target", "one")
    assert exported.stdout.decode() == "".join(f"{text}\n" for text in texts)


def document(folder: Path, status: int = 0) -> dict[str, Any]:
    """Return what a check tells programs."""
    checked = spool("check", folder, "--json")
    assert checked.returncode == status, checked
    assert checked.stdout.count(b"\n") == 1
    told: dict[str, Any] = json.loads(checked.stdout)
    return told


def test_a_check_is_there_for_programs(emulator: Emulator, folder: Path) -> None:
    nothing = {"objects": 0, "perhaps_sent": 0, "damaged": False}
    with emulator.producer(spool_path=str(folder)) as producer:
        place = {"path": str(folder), "state": "in_use", "process": os.getpid()}
        assert document(folder) == {**place, **nothing, "targets": []}
        producer.pause()
        for n in range(5):
            producer.send('a "target"', {"n": n})
            producer.send(emulator.alerts, {"n": n})
        first, second = document(folder)["targets"]
        whole = {"segments": 1, "objects": 5, "perhaps_sent": 0, "damaged": False, "flaws": []}
        assert first == {"target": emulator.alerts, **whole}
        assert second == {"target": 'a "target"', **whole}
        producer.close(timeout=0)
    told = document(folder)
    assert (told["state"], told["objects"], "process" in told) == ("closed", 10, False)

    (segment,) = (
        each
        for each in folder.rglob("*.seg")
        if b'"n":3' in each.read_bytes()[:9_000] and emulator.alerts in str(each)
    )
    content = bytearray(segment.read_bytes())
    at = content.index(b'"n":3')
    content[at] ^= 1
    segment.write_bytes(content)
    told = document(folder, status=1)
    first, second = told["targets"]
    assert (told["objects"], told["damaged"]) == (9, True)
    assert (first["objects"], first["damaged"], second["damaged"]) == (4, True, False)
    (flaw,) = first["flaws"]
    assert (flaw["kind"], flaw["file"]) == ("damaged", segment.name)
    assert flaw["first_byte"] < at < flaw["last_byte"]
    # The same for a person.
    line = f"damaged: {segment.name}, bytes {flaw['first_byte']} to {flaw['last_byte']}"
    assert line in spool("check", folder).stdout.decode()

    # Its front is of a newer version, then it is none at all.
    content[8:12] = (2).to_bytes(4, "little")
    segment.write_bytes(content)
    told = document(folder, status=1)
    assert told["targets"][0]["flaws"] == [{"kind": "unreadable", "file": segment.name}]
    # One that is no folder cannot be read.
    broken = folder / "target-broken"
    broken.write_text("")
    told = document(folder, status=2)
    assert [each["target"] for each in told["targets"] if "error" in each] == ["broken"]


def test_a_killed_producer_leaves_no_damage(emulator: Emulator, folder: Path) -> None:
    emulator.fault(delay_ms=20, times=0)
    settings: dict[str, Any] = emulator.settings(spool_path=str(folder), batch_objects=20)
    arguments = [json.dumps(settings), "0", "1000000", "3000"]
    with subprocess.Popen(  # noqa: S603
        [sys.executable, str(PROGRAM), *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3_000)]
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines(keepends=True)
    words = [line.split() for line in lines if line.endswith("\n")]
    taken = {each[1]: int(each[2]) for each in words if each[0] == "taken"}
    told = {int(each[1]) for each in words if each[0] == "told"}
    found = tickets(folder)
    assert not told & set(found)
    stored = {each["name"] for each in emulator.objects()}
    assert {taken[name] for name in taken.keys() - stored} <= set(found)
    text = check(folder)
    assert "the last one did not close it" in text
    state = document(folder)
    assert (state["state"], state["objects"]) == ("not_closed", len(found))
    counted = re.search(r"([\d,]+) objects without", text)
    assert counted
    assert int(counted[1].replace(",", "")) == len(found)
    with Producer(**settings) as producer:
        assert producer.queued.objects <= len(found)
    assert check(folder).startswith(f"{folder}: closed")
    assert tickets(folder) == []
