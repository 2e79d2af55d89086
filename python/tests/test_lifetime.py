# SPDX-License-Identifier: Apache-2.0
"""A client among threads, forks and forgetful owners."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import traceback
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from datapanel import Client, ClosedError, ForkedError, Stored
from emulator import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from emulator import Emulator


def sockets() -> int:
    """Return how many sockets this process holds open."""
    count = 0
    for descriptor in os.listdir("/proc/self/fd"):  # noqa: PTH208
        try:
            count += os.readlink(f"/proc/self/fd/{descriptor}").startswith("socket:")  # noqa: PTH115
        except FileNotFoundError:  # the one that listed the directory
            continue
    return count


def test_closed_twice_and_used_after(emulator: Emulator) -> None:
    client = emulator.client()
    client.submit(emulator.alerts, {"a": 1})
    client.close()
    client.close()
    assert client.closed
    with pytest.raises(ClosedError, match="the client is closed"):
        client.submit(emulator.alerts, {"a": 1})
    with pytest.raises(ClosedError):
        client.set(auth_token="x")


def test_with_closes_also_when_the_block_raises(emulator: Emulator) -> None:
    with pytest.raises(KeyError), emulator.client() as client:
        raise KeyError
    assert client.closed


def test_close_ends_the_connections(emulator: Emulator) -> None:
    before = sockets()
    with emulator.client() as client:
        client.submit(emulator.alerts, {"a": 1})
        assert sockets() > before
    assert sockets() == before


def test_collected_without_close(emulator: Emulator) -> None:
    before = sockets()
    client = emulator.client()
    client.submit(emulator.alerts, {"a": 1})
    handle = weakref.ref(client._handle)
    assert sockets() > before
    del client
    gc.collect()
    assert handle() is None
    assert sockets() == before


def test_many_threads_share_a_client(client: Client, emulator: Emulator) -> None:
    def submit(batch: int) -> list[str | None]:
        objects = ({"batch": batch, "n": n} for n in range(10))
        return [report.id for report in client.submit(emulator.alerts, objects)]

    with ThreadPoolExecutor(8) as pool:
        ids = [id_ for batch in pool.map(submit, range(200)) for id_ in batch]
    assert len(set(ids)) == 2000
    stats = emulator.stats()
    assert (stats["objects"], stats["requests"]) == (2000, 200)


def test_other_threads_run_while_one_waits(client: Client, emulator: Emulator) -> None:
    emulator.fault(delay_ms=300)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.submit, emulator.alerts, {"a": 1})
        turns = 0
        while not waiting.done():
            turns += 1
        assert waiting.result()[0].ok
    # With the lock of the interpreter held, this thread would have had a turn or two.
    assert turns > 1000


def test_close_lets_a_call_in_flight_end(emulator: Emulator) -> None:
    client = emulator.client()
    emulator.fault(delay_ms=300)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.submit, emulator.alerts, {"a": 1})
        wait_until(lambda: emulator.stats()["requests"] == 1)
        client.close()
        with pytest.raises(ClosedError):
            client.submit(emulator.alerts, {"a": 1})
        assert waiting.result()[0].stored is Stored.YES


def test_interrupt_ends_the_wait_and_the_call_goes_on(client: Client, emulator: Emulator) -> None:
    def interrupt() -> None:
        wait_until(lambda: emulator.stats()["requests"] == 1)
        os.kill(os.getpid(), signal.SIGINT)

    emulator.fault(delay_ms=300)
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(interrupt)
        with pytest.raises(KeyboardInterrupt):
            client.submit(emulator.alerts, {"a": 1})
        sent.result()
    wait_until(lambda: emulator.stats()["objects"] == 1)
    assert client.submit(emulator.alerts, {"a": 2})[0].ok


def test_close_after_an_interrupt_waits_for_the_call_to_end(emulator: Emulator) -> None:
    emulator.fault(delay_ms=300)
    client = emulator.client()
    timer = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        interrupted(client, emulator, timer)
    client.close()
    wait_until(lambda: client._handle._users == 0)
    assert emulator.stats()["objects"] == 1


def interrupted(client: Client, emulator: Emulator, timer: threading.Timer) -> None:
    """Submit, and be interrupted meanwhile."""
    timer.start()
    client.submit(emulator.alerts, {"a": 1})


def test_log_goes_to_logging(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "datapanel")
    with emulator.client(debug="wire") as client:
        client.submit(emulator.alerts, {"a": 1})
        assert any(record.getMessage().startswith("wire: ") for record in caplog.records)
    assert emulator.token not in caplog.text


def test_objects_that_raise_leave_the_client_usable(client: Client, emulator: Emulator) -> None:
    def objects() -> object:
        yield {"a": 1}
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        client.submit(emulator.alerts, objects())  # type: ignore[arg-type]
    assert emulator.stats()["requests"] == 0
    assert client.submit(emulator.alerts, {"a": 1})[0].ok


def in_child(claims: Callable[[], None]) -> None:
    """Run claims in a forked child; its end tells whether they hold."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            claims()
            status = 0
        except BaseException:  # noqa: BLE001
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def test_inherited_client_says_so_and_a_new_one_works(client: Client, emulator: Emulator) -> None:
    client.submit(emulator.alerts, {"a": 1})

    def claims() -> None:
        with pytest.raises(ForkedError) as caught:
            client.submit(emulator.alerts, {"a": 2})
        assert (caught.value.code_name, caught.value.stored) == ("DP_E_FORKED", Stored.NO)
        assert "fork" in str(caught.value)
        with pytest.raises(ForkedError):
            client.set(auth_token="x")
        client.close()
        with emulator.client() as mine:
            assert mine.submit(emulator.alerts, {"a": 3})[0].ok

    in_child(claims)
    assert client.submit(emulator.alerts, {"a": 4})[0].ok
    stats = emulator.stats()
    assert stats["objects"] == 3
    assert stats["by_status"] == {"200": 3}


def test_fork_while_other_threads_use_the_client(client: Client, emulator: Emulator) -> None:
    ended = threading.Event()

    def submit() -> None:
        while not ended.is_set():
            client.submit(emulator.alerts, {"a": 1})

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(submit) for _ in range(2)]
        try:
            for _ in range(20):
                in_child(client.close)
        finally:
            ended.set()
        for each in running:
            each.result()


PROGRAM = """
import threading
from datapanel import Client
client = Client.from_environment()
client.submit({alerts!r}, dict(a=1))
waiting = threading.Thread(
    target=client.submit, args=({alerts!r}, dict(a=2)), kwargs=dict(timeout=20), daemon=True)
waiting.start()
while client._handle._users == 0:
    pass
print("ended")
"""


def test_process_ends_with_a_client_open_and_a_call_in_flight(emulator: Emulator) -> None:
    emulator.fault(stall=True, skip=1)
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROGRAM.format(alerts=emulator.alerts)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=15,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "ended\n", "")
