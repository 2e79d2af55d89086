# SPDX-License-Identifier: Apache-2.0
"""What was taken is there after any end of the process, and is sent before everything else."""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import (
    Code,
    Producer,
    QueueFullError,
    SpoolError,
    Stored,
    UnconfirmedError,
    WaitError,
)
from emulator import wait_until

if TYPE_CHECKING:
    from emulator import Emulator

KILLS = int(os.environ.get("KILLS", "40"))
PROGRAM = Path(__file__).with_name("spooler.py")
LIFE_SECONDS = 0.15
HANG_SECONDS = 60
SIZE = 300


@dataclass
class Lives:
    """What processes with one spool took, one after the other, and heard of it."""

    settings: dict[str, Any]
    taken: dict[int, str] = field(default_factory=dict)
    """The name of the object that each ticket was given for."""
    told: list[tuple[int, int, Stored, bool, bool]] = field(default_factory=list)
    next_name: int = 0

    def live(self, count: int, rng: random.Random | None) -> bool:
        """Run a process that hands so many objects over; kill it, if there are dice, some time.

        Say whether it came to its end.
        """
        arguments = [json.dumps(self.settings), str(self.next_name), str(count), str(SIZE)]
        with subprocess.Popen(  # noqa: S603
            [sys.executable, str(PROGRAM), *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "open\n"
            if rng:
                time.sleep(rng.uniform(0, LIFE_SECONDS))
                process.send_signal(signal.SIGKILL)
            lines = process.stdout.read().splitlines(keepends=True)
            process.wait(HANG_SECONDS)
        for line in lines:
            # The last one may be half there.
            if line.endswith("\n"):
                self._note(line.split())
        # It may have been taken, and killed before it could say so: that name is not used again.
        self.next_name += count
        return lines[-1:] == ["closed\n"]

    def _note(self, words: list[str]) -> None:
        if words[0] == "taken":
            assert int(words[2]) not in self.taken, "a ticket was given twice"
            self.taken[int(words[2])] = words[1]
        elif words[0] == "told":
            ticket, code, stored, doubt, recovered = map(int, words[1:])
            self.told.append((ticket, code, Stored(stored), bool(doubt), bool(recovered)))

    def check(self, emulator: Emulator) -> Counter[str]:
        """Compare with what the service has; return how much of what there was."""
        copies = Counter(each["name"] for each in emulator.objects())
        told = Counter(ticket for ticket, *_ in self.told)
        sums = Counter(
            objects=len(self.taken),
            lost=sum(not copies[name] for name in self.taken.values()),
            told_twice=sum(count > 1 for count in told.values()),
            duplicates=sum(count - 1 for count in copies.values()),
            unmarked=0,
        )
        for ticket, code, stored, doubt, _ in self.told:
            assert (code, stored) == (Code.DP_OK, Stored.YES)
            if ticket in self.taken and copies[self.taken[ticket]] > 1 and not doubt:
                sums["unmarked"] += 1
        return sums


@pytest.mark.parametrize("sync", ["interval", "always", "none"])
def test_a_kill_at_any_instant_loses_nothing(emulator: Emulator, tmp_path: Path, sync: str) -> None:
    rng = random.Random(sync)  # noqa: S311
    emulator.fault(delay_ms=5, times=0)
    settings = emulator.settings(
        spool_path=str(tmp_path / "spool"), spool_sync=sync, linger="2ms", batch_objects=20
    )
    lives = Lives(settings)
    kills = 0
    while kills < KILLS:
        # Some have nothing new to hand over, and some end before they are killed.
        kills += not lives.live(rng.choice([0, 100, 2_000]), rng)
    assert lives.live(0, None)
    sums = lives.check(emulator)
    print(f"\nspool.sync = {sync}: {kills} kills, {dict(sums)}")  # noqa: T201
    assert sums["objects"] > 0
    assert sums["lost"] == sums["told_twice"] == sums["unmarked"] == 0
    # Nothing but what was under way can have another copy.
    assert sums["duplicates"] <= kills * 4 * 20


def spooled(emulator: Emulator, folder: Path, **settings: Any) -> Producer:
    """Return a producer with a spool in this folder."""
    return emulator.producer(spool_path=str(folder / "spool"), **settings)


def numbers(emulator: Emulator) -> list[int]:
    """Return the members "n" of what the service has, in its order."""
    return [each["n"] for each in emulator.objects()]


def test_what_is_left_goes_first_and_in_order(emulator: Emulator, tmp_path: Path) -> None:
    with_order = {"inflight": 1, "batch_objects": 10}
    before = spooled(emulator, tmp_path, **with_order)
    before.pause()
    tickets = [before.send(emulator.alerts, {"n": n}) for n in range(95)]
    assert before.close(timeout=0) == []
    assert emulator.objects() == []
    with spooled(emulator, tmp_path, **with_order) as after:
        assert after.stats()["spool_recovered"] == 95
        last = after.send(emulator.alerts, {"n": 95})
        assert last > tickets[-1]
    assert numbers(emulator) == list(range(96))
    reports = list(after.reports())
    assert [report.ticket for report in reports] == [*tickets, last]
    assert [report.recovered for report in reports] == [True] * 95 + [False]
    # They were never sent before.
    assert not any(report.possible_duplicate for report in reports)
    assert all(report.queued_us < reports[-1].queued_us for report in reports[:-1])


def test_a_new_object_does_not_travel_as_one_that_was_left(
    emulator: Emulator, tmp_path: Path
) -> None:
    emulator.fault(drop="stored", path="batch-create", times=0)
    before = spooled(emulator, tmp_path, backoff_base="10s", backoff_cap="10s")
    before.send(emulator.alerts, {"n": 1})
    wait_until(lambda: len(emulator.objects()) == 1)
    before.close(timeout=0)
    emulator.reset()
    with spooled(emulator, tmp_path) as after:
        after.pause()
        wait_until(lambda: after.stats()["spool_objects"] == 0)
        after.send(emulator.alerts, {"n": 2})
        after.resume()
        after.flush(HANG_SECONDS)
        flags = [(report.recovered, report.possible_duplicate) for report in after.reports()]
    assert sorted(flags) == [(False, False), (True, True)]


def test_what_finds_no_room_in_memory_waits_on_the_disk(emulator: Emulator, tmp_path: Path) -> None:
    emulator.fault(delay_ms=2, times=0)
    small = {"queue_objects": 50, "batch_objects": 10, "inflight": 1, "batch_bytes": "4KiB"}
    with spooled(emulator, tmp_path, queue_bytes="64KiB", **small) as producer:
        producer.pause()
        for n in range(3_000):
            producer.send(emulator.alerts, {"n": n, "x": "x" * (n % 500)}, timeout=0)
        assert producer.queued.objects == 3_000
        producer.resume()
        for n in range(3_000, 4_000):
            producer.send(emulator.alerts, {"n": n}, timeout=0)
        producer.flush(HANG_SECONDS)
        assert producer.queued == (0, 0)
        reports = list(producer.reports())
    assert numbers(emulator) == list(range(4_000))
    assert len({report.ticket for report in reports}) == 4_000
    assert not any(report.possible_duplicate or report.recovered for report in reports)


def test_each_target_has_a_log_of_its_own(emulator: Emulator, tmp_path: Path) -> None:
    with spooled(emulator, tmp_path, queue_objects=20) as producer:
        producer.pause("blocked target")
        for n in range(500):
            producer.send("blocked target", {"n": n})
            producer.send(emulator.alerts, {"n": n})
        with pytest.raises(WaitError):
            producer.flush(0.5)
        assert sorted(numbers(emulator)) == list(range(500))
        assert producer.queued.objects == 500
        assert producer.purge("blocked target") == 500
        producer.flush(HANG_SECONDS)
        purged = [report for report in producer.reports() if not report.ok]
    assert len(purged) == 500
    assert {report.code for report in purged} == {Code.DP_E_CANCELLED}
    assert sorted(json.loads(report.payload or b"")["n"] for report in purged) == list(range(500))
    with spooled(emulator, tmp_path) as producer:
        assert producer.queued.objects == 0


def test_a_spool_is_one_producers(emulator: Emulator, tmp_path: Path) -> None:
    with (
        spooled(emulator, tmp_path),
        pytest.raises(SpoolError, match=f"in use by process {os.getpid()}"),
    ):
        spooled(emulator, tmp_path)
    spooled(emulator, tmp_path).close()


def test_a_full_spool_takes_no_more_until_there_is_room(emulator: Emulator, tmp_path: Path) -> None:
    text = json.dumps({"n": 1, "x": "x" * 1_000_000})
    with spooled(emulator, tmp_path, spool_bytes="64MiB") as producer:
        producer.pause()
        taken = 0
        with suppress(QueueFullError):
            while taken < 100:
                producer.send(emulator.alerts, text, timeout=0)
                taken += 1
        with pytest.raises(QueueFullError, match=r"spool\.bytes"):
            producer.send(emulator.alerts, text, timeout=0)
        assert 30 < taken < 64
        producer.resume()
        producer.send(emulator.alerts, text, timeout=HANG_SECONDS)
        producer.flush(HANG_SECONDS)
        assert len(list(producer.reports())) == taken + 1
    files = list((tmp_path / "spool").rglob("*.seg"))
    assert sum(each.stat().st_size for each in files) <= 64 << 20
    assert len(emulator.objects()) == taken + 1


def test_a_future_hears_that_its_object_stays(emulator: Emulator, tmp_path: Path) -> None:
    producer = spooled(emulator, tmp_path)
    producer.pause()
    future = producer.submit(emulator.alerts, {"n": 1})
    assert producer.close(timeout=0) == []
    with pytest.raises(UnconfirmedError, match="stays in the spool"):
        future.result(0)


def test_objects_share_a_sync(emulator: Emulator, tmp_path: Path) -> None:
    with spooled(emulator, tmp_path, spool_sync="always") as producer:
        producer.pause()
        before = producer.stats()["spool_syncs"]
        text = b"".join(b'{"n":%d}\n' % n for n in range(3_000))
        assert producer.send_many(emulator.alerts, text).objects == 3_000
        # A thousand each, and the notes of the start perhaps.
        assert 3 <= producer.stats()["spool_syncs"] - before <= 5
        producer.resume()
        producer.flush(HANG_SECONDS)
        assert producer.queued == (0, 0)
    assert sorted(numbers(emulator)) == list(range(3_000))


def test_an_object_that_was_under_way_is_marked(emulator: Emulator, tmp_path: Path) -> None:
    emulator.fault(drop="stored", path="batch-create", times=0)
    producer = spooled(emulator, tmp_path, backoff_base="10s", backoff_cap="10s")
    producer.send(emulator.alerts, {"n": 1})
    wait_until(lambda: len(emulator.objects()) == 1)
    producer.pause()
    producer.send(emulator.alerts, {"n": 2})
    producer.close(timeout=0)
    emulator.reset()
    with spooled(emulator, tmp_path) as producer:
        producer.flush(HANG_SECONDS)
        marks = [report.possible_duplicate for report in producer.reports()]
    assert marks == [True, False]
    assert numbers(emulator) == [1, 2]


def test_ambiguous_policy_fail_sends_nothing_again(emulator: Emulator, tmp_path: Path) -> None:
    emulator.fault(stall=True)
    producer = spooled(emulator, tmp_path, ambiguous_policy="fail")
    producer.send(emulator.alerts, {"n": 1})
    wait_until(lambda: emulator.stats()["requests"] > 0 or producer.stats()["in_flight"] > 0)
    producer.close(timeout=0)
    emulator.reset()
    with spooled(emulator, tmp_path, ambiguous_policy="fail") as producer:
        producer.flush(HANG_SECONDS)
        (report,) = producer.reports()
    assert (report.code, report.stored) == (Code.DP_E_NO_REPLY, Stored.MAYBE)
    assert (report.payload, report.recovered) == (b'{"n":1}', True)
    assert emulator.objects() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_a_folder_of_somebody_else_is_refused(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    os.chown(tmp_path / "spool", 65534, 65534)
    with pytest.raises(SpoolError, match="belongs to somebody else"):
        spooled(emulator, tmp_path)


def test_only_its_user_can_read_or_change_it(emulator: Emulator, tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        with spooled(emulator, tmp_path) as producer:
            producer.send(emulator.alerts, {"n": 1})
    finally:
        os.umask(umask)
    for each in [tmp_path / "spool", *(tmp_path / "spool").rglob("*")]:
        mode = stat.S_IMODE(each.stat().st_mode)
        assert mode == (0o700 if each.is_dir() else 0o600), each
    (tmp_path / "spool").chmod(0o777)
    with pytest.raises(SpoolError, match="others can change it"):
        spooled(emulator, tmp_path)


def test_a_link_is_not_followed(emulator: Emulator, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (tmp_path / "spool").symlink_to(elsewhere)
    with pytest.raises(SpoolError):
        spooled(emulator, tmp_path)
    (tmp_path / "spool").unlink()
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "spool").mkdir(mode=0o700)
    for name in ("spool", "lock", "spool.new"):
        (tmp_path / "spool" / name).unlink(missing_ok=True)
        (tmp_path / "spool" / name).symlink_to(victim)
        with pytest.raises(SpoolError):
            spooled(emulator, tmp_path)
        (tmp_path / "spool" / name).unlink()
    assert victim.read_text() == "precious"


def test_no_secret_is_written(emulator: Emulator, tmp_path: Path) -> None:
    producer = spooled(emulator, tmp_path)
    producer.pause()
    producer.send(emulator.alerts, {"n": 1})
    producer.close(timeout=0)
    for each in (tmp_path / "spool").rglob("*"):
        assert each.is_dir() or emulator.token.encode() not in each.read_bytes()


def test_objects_wait_for_a_day(emulator: Emulator, tmp_path: Path) -> None:
    # Not for the five minutes of a producer in memory: this one would be refused.
    spooled(emulator, tmp_path, linger="30m").close()
    with pytest.raises(Exception, match=r"delivery\.timeout"):
        emulator.producer(linger="30m")


def test_a_child_has_no_part_in_it(emulator: Emulator, tmp_path: Path) -> None:
    producer = spooled(emulator, tmp_path)
    child = os.fork()
    if child == 0:
        # It lives longer than its parent's producer, whose lock it must not hold.
        signal.pause()
        os._exit(0)
    try:
        producer.close()
        spooled(emulator, tmp_path).close()
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_damage_is_passed_over_and_told(
    emulator: Emulator, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    producer = spooled(emulator, tmp_path)
    producer.pause()
    for n in range(100):
        producer.send(emulator.alerts, {"n": n, "x": "x" * 200})
    producer.close(timeout=0)
    (segment,) = (
        each for each in (tmp_path / "spool").rglob("*.seg") if b'"n":50,' in each.read_bytes()
    )
    content = bytearray(segment.read_bytes())
    content[content.index(b'"n":50,') + 10] ^= 1
    segment.write_bytes(content)
    with spooled(emulator, tmp_path) as producer:
        producer.flush(HANG_SECONDS)
        assert len(list(producer.reports())) == 99
    assert sorted(numbers(emulator)) == [n for n in range(100) if n != 50]
    assert "the spool is damaged: 2" in caplog.text
