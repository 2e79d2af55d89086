# SPDX-License-Identifier: Apache-2.0
"""Programs that end, fork or get signals with a producer at work; `test_processes.py` runs them.

python programs.py NAME [ARGUMENT]
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from contextlib import suppress
from ctypes import POINTER, byref
from typing import Any, Callable

from datapanel import (
    AsyncProducer,
    ClosedError,
    Code,
    ForkedError,
    Producer,
    QueueFullError,
    Settings,
)
from datapanel._ffi import dp_reports, lib
from datapanel.settings import handle_of

ALERTS = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"
OF_THE_PARENT = 50
CHILDREN = 2
OF_A_CHILD = 2

inherited: Producer | None = None


def fill(producer: Producer) -> int:
    """Send until the queue is full; return how many objects were taken."""
    count = 0
    try:
        while True:
            producer.send(ALERTS, {"n": count}, timeout=0)
            count += 1
    except QueueFullError:
        return count


def until_closed(call: Callable[[], object]) -> None:
    """Make a call that the end of the producer may end."""
    with suppress(ClosedError):
        call()


def end_with_a_full_queue(how: str) -> None:
    """End the process in some way, and leave the rest to the package."""
    producer = Producer.from_environment(
        queue_objects=300,
        exit_timeout=float(os.environ["EXIT"]),
        on_report=print if how == "callback" else None,
    )
    producer.pause()
    print(fill(producer), flush=True)
    if how == "threads":  # that are inside calls
        for call in (lambda: producer.send(ALERTS, {}), lambda: producer.poll(None)):
            threading.Thread(target=until_closed, args=(call,), daemon=True).start()
    producer.resume()
    if how == "forgotten":
        del producer
    elif how == "exception":
        raise KeyError("mine")
    sys.exit(3)


def end_an_event_loop(_: str) -> None:
    """End with a producer of asyncio that nobody closed."""
    import asyncio  # noqa: PLC0415

    async def main() -> AsyncProducer:
        producer = AsyncProducer.from_environment(exit_timeout=float(os.environ["EXIT"]))
        print((await producer.send_many(ALERTS, b"{}" * 300)).objects, flush=True)
        return producer

    kept = asyncio.run(main())
    assert not kept.closed
    sys.exit(3)


def work() -> None:
    """Do in a child what a program would: nothing with what is the parent's, all with its own."""
    if inherited is not None:
        calls: list[Callable[[Producer], object]] = [
            lambda producer: producer.send(ALERTS, {"whose": "parent"}),
            lambda producer: producer.submit(ALERTS, {"whose": "parent"}),
            lambda producer: producer.send_many(ALERTS, b"{}"),
            lambda producer: producer.flush(),
            lambda producer: producer.poll(),
            lambda producer: producer.stats(),
        ]
        for call in calls:
            try:
                call(inherited)
            except ForkedError:
                continue
            raise AssertionError("an inherited producer has to say so")
        assert inherited.close() == []
    with Producer.from_environment(linger="5ms") as mine:
        assert mine.submit(ALERTS, {"whose": "child"}).result(20).ok
    Producer.from_environment(linger="1m").send(ALERTS, {"whose": "child, which forgets it"})


def fork_by_hand() -> int:
    """Fork, and let the child end as a program does; return its process id."""
    child = os.fork()
    if child:
        return child
    try:
        work()
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
        os._exit(1)
    sys.exit(0)


def fork(method: str) -> None:
    """Have children while a thread sends, and deliver each object once."""
    global inherited  # noqa: PLW0603
    ended = threading.Event()
    with Producer.from_environment(linger="5ms") as producer:
        inherited = producer
        producer.pause()
        futures = [producer.submit(ALERTS, {"n": n}) for n in range(OF_THE_PARENT)]
        sent = []

        def send() -> None:
            while not ended.is_set():
                sent.append(producer.send(ALERTS, {"whose": "thread"}))
                ended.wait(0.001)

        sending = threading.Thread(target=send)
        sending.start()
        try:
            statuses = run_children(method)
        finally:
            ended.set()
            sending.join()
        assert statuses == [0] * CHILDREN, statuses
        producer.resume()
        assert all(future.result(20).ok for future in futures)
    tickets = sorted(report.ticket for report in producer.reports())
    assert tickets == sent, "each object has one report"
    print(OF_THE_PARENT + len(sent) + CHILDREN * OF_A_CHILD, flush=True)


def run_children(method: str) -> list[int | None]:
    """Run children of a kind to their end; return how they ended."""
    if method == "os.fork":
        children = [fork_by_hand() for _ in range(CHILDREN)]
        return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    context = multiprocessing.get_context(method)
    processes = [context.Process(target=work) for _ in range(CHILDREN)]  # type: ignore[attr-defined]
    for process in processes:
        process.start()
    for process in processes:
        process.join(20)
    return [process.exitcode for process in processes]


def storm(service: str) -> None:
    """Have a thousand alarms a second, and SIGPIPE as C programs have it, on a bad network."""
    from emulator import Emulator  # noqa: PLC0415
    from ledger import Ledger, balance  # noqa: PLC0415

    alarms, each_alarm = os.pipe2(os.O_NONBLOCK)
    signal.set_wakeup_fd(each_alarm)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    producer = Producer.from_environment(
        linger="1ms", batch_objects=20, queue_objects=500, backoff_base="1ms", backoff_cap="1ms"
    )
    ledger = Ledger(producer)
    for _ in range(10):
        ledger.send(ALERTS, 500, 300)
        ledger.collect()
    producer.flush(60)
    # The calls of the library themselves: those of the package make up for what ends too early.
    pointer = producer._open.pointer
    producer.pause()
    ledger.collect()
    ledger.send(ALERTS, 500)
    target = ALERTS.encode()
    Emulator(service).fault(stall=True)
    settings = Settings.from_environment(endpoint=service)
    client = lib.dp_client_new(handle_of(settings), None)
    request = lib.dp_request_new()
    assert lib.dp_request_add(request, b"{}", 2, None) == Code.DP_OK
    waits: list[tuple[Code, Callable[[], Any]]] = [
        (Code.DP_OK, lambda: lib.dp_producer_poll(pointer, 200, 1, byref(POINTER(dp_reports)()))),
        (Code.DP_E_WAIT, lambda: lib.dp_producer_flush(pointer, 200, None)),
        (
            Code.DP_E_QUEUE_FULL,
            lambda: lib.dp_producer_send(pointer, target, b"{}", 2, None, 200, None, None),
        ),
        (
            Code.DP_E_TIMEOUT,
            lambda: lib.dp_client_submit(client, target, request, 200, None, None),
        ),
    ]
    for code, wait in waits:
        begun = time.monotonic()
        told = wait()
        assert told == code, (told, code)
        assert time.monotonic() - begun >= 0.2, code
    lib.dp_request_free(request)
    lib.dp_client_free(client)
    begun = time.monotonic()
    ledger.close(0.2)
    assert time.monotonic() - begun >= 0.2
    signal.setitimer(signal.ITIMER_REAL, 0)
    books = balance([ledger], Emulator(service))
    print(books.objects, len(os.read(alarms, 1 << 20)), flush=True)


PROGRAMS = {"end": end_with_a_full_queue, "loop": end_an_event_loop, "fork": fork, "storm": storm}

if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](sys.argv[2])
