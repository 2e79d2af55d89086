# SPDX-License-Identifier: Apache-2.0
"""What calls of a producer take, and what one costs that has nothing to do or nowhere to go."""

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory

from findings import Finding, at_least, at_most
from measure import KIB_MB, Place, facts, fail, process
from sample import SIZE
from servers import Sinks

ROUNDS = 5
BATCH = 100
QUEUE_MB = 64 * 1.048576  # the default of queue.bytes
RSS_MB_MAX = 1.25 * QUEUE_MB + 32 * 1.048576
# So short that objects fail all the time.
HURRY = {
    "DATAPANEL_CONNECT_TIMEOUT": "500ms",
    "DATAPANEL_REQUEST_TIMEOUT": "500ms",
    "DATAPANEL_DELIVERY_TIMEOUT": "1s",
}
LARGE = {"DATAPANEL_SPOOL_BYTES": "2GiB"}
GIB_OBJECTS = (1 << 30) // SIZE // BATCH * BATCH


@dataclass(frozen=True)
class Calls:
    """What each program said, run by run."""

    send: list[dict[str, float]]
    threads: list[dict[str, float]]
    idle: list[dict[str, float]]
    refuse: list[dict[str, float]]
    expire: list[dict[str, float]]
    synced: list[dict[str, float]]
    reopen: list[dict[str, float]]


def said(place: Place, program: str, objects: int, settings: dict[str, str]) -> dict[str, float]:
    command = [str(place.programs / program), str(place.objects), str(objects), str(BATCH)]
    printed, _ = process(command, place.environment | settings)
    return {name: float(value) for name, value in facts(printed).items()}


def with_spool(
    place: Place, program: str, objects: int, settings: dict[str, str]
) -> dict[str, float]:
    with TemporaryDirectory(dir=place.programs, prefix="spool-") as folder:
        return said(place, program, objects, settings | {"DATAPANEL_SPOOL_PATH": f"{folder}/spool"})


def measure_calls(place: Place, sinks: Sinks) -> Calls:
    with sinks.start() as server:
        settings = server.settings()
        send = [said(place, "send_calls", 200_000, settings) for _ in range(ROUNDS)]
        threads = [said(place, "send_threads", 50_000, settings) for _ in range(ROUNDS)]
        idle = [said(place, "idle", 1_000, settings)]
        refuse = [said(place, "refuse", 200_000, settings) for _ in range(ROUNDS)]
        expire = [said(place, "refuse", 3_000_000, settings | HURRY)]
        synced = [with_spool(place, "synced", 50_000, settings) for _ in range(ROUNDS)]
        reopen = [with_spool(place, "reopen", GIB_OBJECTS, settings | LARGE) for _ in range(ROUNDS)]
    for each in (*refuse, *expire):
        if each["taken"] != each["accounted"]:
            fail(f"{each['taken']:.0f} objects were taken, {each['accounted']:.0f} accounted for")
    return Calls(send, threads, idle, refuse, expire, synced, reopen)


def values(runs: list[dict[str, float]], name: str) -> list[float]:
    return [each[name] for each in runs]


def memory_mb(runs: list[dict[str, float]]) -> list[float]:
    return [kib * KIB_MB for kib in values(runs, "rss_kib")]


def judge_calls(calls: Calls) -> Iterator[Finding]:
    yield at_most("dp_producer_send, median", median(values(calls.send, "send_median_us")), 2, "us")
    yield at_most("dp_producer_send, p99", median(values(calls.send, "send_p99_us")), 20, "us")
    rate = median(values(calls.threads, "taken_per_s"))
    yield at_least("objects taken from four threads", rate, 400_000, "/s")
    yield at_most("wake-ups of an idle thread in 2 s", values(calls.idle, "wakeups")[0], 0, "")
    refusal = median(values(calls.refuse, "refusal_p99_us"))
    yield at_most("a refusal by a full queue, p99", refusal, 50, "us")
    yield at_most("memory, server down", max(memory_mb(calls.refuse)), RSS_MB_MAX, "MB")
    yield at_most("memory, and all expires", max(memory_mb(calls.expire)), RSS_MB_MAX, "MB")
    share = median(values(calls.synced, "objects_per_sync")) / BATCH
    yield at_least("batches for each sync, spool.sync = always", share, 1, "")
    reopening = median(values(calls.reopen, "reopen_s"))
    yield at_most("a producer that finds 1 GiB in its spool", reopening, 2, "s")
