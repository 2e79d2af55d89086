# SPDX-License-Identifier: Apache-2.0
"""Ends, interrupts and forks at any moment: no hang, no crash, and each object delivered once.

Each claim is tried LOOPS times; `make soak` says more than the few of every day.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import AsyncProducer
from relay import Cut, Ending, Relay, Way

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from datapanel import Client, Producer
    from emulator import Emulator

LOOPS = int(os.environ.get("LOOPS", "5"))
PROGRAMS = Path(__file__).with_name("programs.py")
HANG_SECONDS = 60


@pytest.fixture(autouse=True, params=range(LOOPS))
def _turn() -> None:
    """Run each test so many times."""


def start(*arguments: str, exit_timeout: float) -> subprocess.Popen[str]:
    """Start a program."""
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-X", "faulthandler", str(PROGRAMS), *arguments],
        env={
            **os.environ,
            "EXIT": str(exit_timeout),
            "PYTHONPATH": os.pathsep.join(sys.path),
            # Forking with threads alive is what this is about; newer versions warn of it.
            "PYTHONWARNINGS": "ignore::DeprecationWarning",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, exit_timeout: float = 20) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    with start(*arguments, exit_timeout=exit_timeout) as process:
        try:
            output, errors = process.communicate(timeout=HANG_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # which says where it hangs
            output, errors = process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


@pytest.mark.parametrize("how", ["plain", "forgotten", "callback", "exception"])
def test_process_that_ends_delivers_a_full_queue(emulator: Emulator, how: str) -> None:
    ended = run("end", how)
    assert ended.returncode == (1 if how == "exception" else 3), ended.stderr
    assert int(ended.stdout.splitlines()[0]) == emulator.stats()["objects"] == 300
    last = ended.stderr.strip().splitlines()[-1:]
    assert last == (["KeyError: 'mine'"] if how == "exception" else [])


def test_process_that_ends_with_threads_in_calls(emulator: Emulator) -> None:
    ended = run("end", "threads")
    assert (ended.returncode, ended.stderr) == (3, "")
    assert emulator.stats()["objects"] in {300, 301}, "with or without that of the thread"


def test_process_that_ends_with_an_open_event_loop(emulator: Emulator) -> None:
    ended = run("loop", "")
    assert (ended.returncode, ended.stderr) == (3, "")
    assert emulator.stats()["objects"] == 300


def test_process_that_ends_says_what_is_lost(emulator: Emulator) -> None:
    emulator.fault(stall=True, times=0)
    ended = run("end", "plain", exit_timeout=0.2)
    assert ended.returncode == 3
    assert ended.stderr == "the process ended with 300 objects that were not delivered\n"


def test_interrupts_end_the_end_of_a_process(emulator: Emulator) -> None:
    emulator.fault(stall=True, times=0)
    with start("end", "plain", exit_timeout=HANG_SECONDS) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "300\n"
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(random.uniform(0.01, 0.1))  # noqa: S311
        assert process.stderr is not None
        said = process.stderr.read()
    assert process.returncode in {3, -signal.SIGINT}, said
    assert "the process ended with 300 objects that were not delivered\n" in said
    assert "Fatal" not in said


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn", "os.fork"])
def test_children_leave_the_parent_alone(emulator: Emulator, method: str) -> None:
    ended = run("fork", method)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert int(ended.stdout) == emulator.stats()["objects"]


def test_storm_of_signals_ends_nothing(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with Relay(emulator.url) as relay:
        dice = random.Random(1)  # noqa: S311
        cuts = [Cut(Way.UP, dice.randrange(7_000), Ending.RESET) for _ in range(100)]
        relay.fate = lambda: cuts.pop() if cuts and dice.random() < 1 / 3 else None
        monkeypatch.setenv("DATAPANEL_ENDPOINT", relay.url)
        ended = run("storm", emulator.url)
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr.endswith(
            "with 500 objects that were not delivered; they are in its leftovers\n"
        )
        objects, alarms = map(int, ended.stdout.split())
        assert objects == 5_500
        assert alarms > 100
        assert relay.cuts > 20


def full(emulator: Emulator) -> Producer:
    """Return a producer that waits for ever, whatever it is asked."""
    producer = emulator.producer(queue_objects=2, exit_timeout=0)
    producer.pause()
    for n in range(2):
        producer.send(emulator.alerts, {"n": n})
    return producer


BLOCKING: dict[str, Callable[[Producer], Any]] = {
    "send": lambda producer: producer.send("alerts", {}),
    "submit": lambda producer: producer.submit("alerts", {}),
    "send_many text": lambda producer: producer.send_many("alerts", b"{}{}"),
    "send_many objects": lambda producer: producer.send_many("alerts", [{}, {}]),
    "flush": lambda producer: producer.flush(),
    "poll": lambda producer: producer.poll(None),
    "reports": lambda producer: list(producer.reports(None)),
    "close": lambda producer: producer.close(),
    "with": lambda producer: producer.__exit__(None, None, None),
}


@pytest.fixture
def interrupt() -> Iterator[Callable[[], None]]:
    """Give what sends Ctrl-C to this process, at some moment soon."""
    timers = []

    def soon() -> None:
        moment = random.uniform(0, 0.05)  # noqa: S311
        timers.append(threading.Timer(moment, os.kill, (os.getpid(), signal.SIGINT)))
        timers[-1].start()

    yield soon
    for timer in timers:
        timer.join()


@pytest.mark.parametrize("name", BLOCKING)
def test_interrupt_ends_a_wait(
    emulator: Emulator, interrupt: Callable[[], None], name: str
) -> None:
    producer = full(emulator)

    def wait() -> None:
        interrupt()
        BLOCKING[name](producer)

    with pytest.raises(KeyboardInterrupt):
        wait()
    left = producer.close(0) or producer.leftovers
    assert [report.payload for report in left] == [b'{"n":0}', b'{"n":1}']
    assert emulator.stats()["requests"] == 0


def test_interrupt_ends_the_wait_for_a_future(
    emulator: Emulator, interrupt: Callable[[], None]
) -> None:
    with emulator.producer(exit_timeout=0) as producer:
        producer.pause()
        future = producer.submit(emulator.alerts, {"n": 1})

        def wait() -> None:
            interrupt()
            future.result()

        with pytest.raises(KeyboardInterrupt):
            wait()
        producer.resume()
        assert future.result(20).ok


def test_interrupt_in_a_with_ends_it_soon(
    emulator: Emulator, interrupt: Callable[[], None]
) -> None:
    producer = full(emulator)

    def work() -> None:
        with producer:
            interrupt()
            producer.flush()

    with pytest.raises(KeyboardInterrupt):
        work()
    assert len(producer.leftovers) == 2


ASYNC_BLOCKING: dict[str, Callable[[AsyncProducer], Awaitable[Any]]] = {
    "send": lambda producer: producer.send("alerts", {}),
    "submit": lambda producer: producer.submit("alerts", {}),
    "send_many text": lambda producer: producer.send_many("alerts", b"{}{}"),
    "flush": lambda producer: producer.flush(),
    "close": lambda producer: producer.close(),
}


@pytest.mark.parametrize("name", ASYNC_BLOCKING)
def test_interrupt_ends_what_a_loop_awaits(
    emulator: Emulator, interrupt: Callable[[], None], name: str
) -> None:
    started: list[AsyncProducer] = []

    async def main() -> None:
        settings = emulator.settings(queue_objects=1, exit_timeout=0)
        async with AsyncProducer(**settings) as producer:
            started.append(producer)
            producer.pause()
            await producer.send(emulator.alerts, {"n": 0})
            interrupt()
            await ASYNC_BLOCKING[name](producer)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert [report.payload for report in started[0].leftovers] == [b'{"n":0}']


CALLS: dict[str, Callable[[Client], Any]] = {
    "submit": lambda client: client.submit("alerts", {}, timeout=1),
    "lookup": lambda client: client.lookup("dataclass", "Alert", timeout=1),
}


@pytest.mark.parametrize("name", CALLS)
def test_interrupt_ends_the_call_of_a_client(
    emulator: Emulator, interrupt: Callable[[], None], name: str
) -> None:
    emulator.fault(stall=True, times=0)
    with emulator.client() as client:

        def wait() -> None:
            interrupt()
            CALLS[name](client)

        with pytest.raises(KeyboardInterrupt):
            wait()
