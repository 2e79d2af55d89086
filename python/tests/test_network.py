# SPDX-License-Identifier: Apache-2.0
"""Whatever a network does to a producer, its ledger is balanced.

Each object has one report; what is reported as stored is stored, what is reported as not stored is
not; and no second copy is without its mark, or is there at all when a doubt is to be reported.

LOOPS=10 cuts at ten times as many places; `make soak` does, and shows the sums.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import Code, Settings, Stored, WaitError, _log
from datapanel._ffi import lib
from datapanel.settings import handle_of
from emulator import wait_until
from lane import BATCH, SIZE, Lane
from ledger import Ledger, balance
from relay import Cut, Ending, Pace, Relay, Way

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Emulator
    from ledger import Books

LOOPS = int(os.environ.get("LOOPS", "1"))
STEP = 1024
TIMEOUT = 0.4

totals: Counter[str] = Counter()

policies = pytest.mark.parametrize("policy", ["retry", "fail"])


@pytest.fixture(scope="module", autouse=True)
def _sums() -> Iterator[None]:
    """Print what all tests counted; pytest shows it with --capture=no."""
    yield
    print(  # noqa: T201
        "\nfaults: {cuts} cuts, {objects} objects, {lost} lost, {duplicates} duplicates, "
        "{unmarked} unmarked".format_map(totals)
    )


def settle(ledgers: list[Ledger], emulator: Emulator, policy: str, cuts: int) -> Books:
    """Balance ledgers, and add to the sums."""
    books = balance(ledgers, emulator)
    if policy == "fail":
        assert books.duplicates == 0, books
    totals.update(
        cuts=cuts,
        objects=books.objects,
        lost=books.lost,
        duplicates=books.duplicates,
        unmarked=books.unmarked_duplicates,
    )
    return books


def places(lane: Lane, shift: int) -> list[tuple[Way, int]]:
    """Return where to cut an exchange: at each step, and around each of its edges."""
    lane.exchange()
    found = []
    for way in Way:
        head, total = lane.relay.heard[way].index(b"\r\n\r\n") + 4, lane.relay.counts[way]
        edges = {0, 1, head - 1, head, head + 1, total - 1, total}
        found += [(way, after) for after in sorted({*edges, *range(shift, total, STEP)})]
    return found


def campaign(
    emulator: Emulator, policy: str, endings: list[Ending], lanes: int, **settings: Any
) -> Books:
    """Cut exchanges at every place, on connections that are new or not."""
    with ExitStack() as stack, ThreadPoolExecutor(lanes) as pool:
        opened = [
            stack.enter_context(Lane.open(emulator, policy, **settings)) for _ in range(lanes)
        ]
        todo = [
            (Cut(way, after, ending), is_reused)
            for turn in range(LOOPS)
            for way, after in places(opened[0], turn * STEP // LOOPS)
            for ending in endings
            for is_reused in (True, False)
        ]

        def work(lane: Lane) -> None:
            lane.exchange()
            while todo:
                cut, is_reused = todo.pop()
                lane.suffer(cut, is_reused=is_reused)

        list(pool.map(work, opened))
        cuts = sum(lane.relay.cuts for lane in opened)
    return settle([lane.ledger for lane in opened], emulator, policy, cuts)


@policies
def test_connection_that_ends_anywhere(emulator: Emulator, policy: str) -> None:
    books = campaign(emulator, policy, [Ending.RESET, Ending.CLOSE], lanes=4)
    assert (books.duplicates > 0) == (policy == "retry")


@policies
def test_connection_that_stands_still_anywhere(emulator: Emulator, policy: str) -> None:
    books = campaign(
        emulator,
        policy,
        [Ending.STALL, Ending.FORGET],
        lanes=32,
        request_timeout=f"{int(TIMEOUT * 1000)}ms",
        connect_timeout=f"{int(TIMEOUT * 1000)}ms",
    )
    assert (books.duplicates > 0) == (policy == "retry")


def upload(lane: Lane, cut: Cut) -> None:
    """Break an upload of 8 MB off: no server has it then, so that it is no doubt to send it again.

    What the network takes and loses, the library cannot tell from what arrived: such an ending has
    no place here.
    """
    assert lane.exchange(1) == {Stored.YES}
    lane.relay.arm(cut)
    assert lane.exchange(1, 8_000_000) == {Stored.YES}, cut
    assert lane.relay.cuts == 1


def test_upload_that_breaks_off_is_sent_again(emulator: Emulator) -> None:
    cuts = [
        Cut(Way.UP, 1, Ending.RESET),
        Cut(Way.UP, 1_000_000, Ending.RESET),
        Cut(Way.UP, 1, Ending.CLOSE),
        Cut(Way.UP, 1_000_000, Ending.CLOSE),
        Cut(Way.UP, 100_000, Ending.HOLD),
    ] * 2
    with ExitStack() as stack, ThreadPoolExecutor(len(cuts)) as pool:
        lanes = [
            stack.enter_context(Lane.open_for_one(emulator, policy, timeout="5s"))
            for policy in ("retry", "fail")
            for _ in cuts[::2]
        ]
        list(pool.map(upload, lanes, cuts))
    books = settle([lane.ledger for lane in lanes], emulator, "fail", len(cuts))
    assert (books.stored, books.duplicates, books.marked) == (2 * len(cuts), 0, 0)


def lose_idle_connections(lane: Lane, size: int) -> None:
    """Lose a connection between two exchanges, or with the first that is heard of the second."""

    def use() -> None:
        # The one there is may be lost already, by the last loss.
        while lane.exchange(1, 40) != {Stored.YES}:
            pass

    lane.exchange(1, size)
    total = lane.relay.counts[Way.UP]
    # The client hears of these, and takes another connection.
    for ending in (Ending.RESET, Ending.CLOSE):
        use()
        lane.relay.end_all(ending)
        assert lane.exchange(1, size) == {Stored.YES}
    # Of these with its next request.
    for after in (0, 1, total // 2, total - 1, total):
        for ending in (Ending.RESET, Ending.CLOSE):
            use()
            lane.relay.arm(Cut(Way.UP, after, ending))
            lane.exchange(1, size)
    assert lane.relay.cuts == lane.relay.reused_cuts == 10
    # And of these never.
    for ending in (Ending.STALL, Ending.FORGET):
        use()
        lane.relay.end_all(ending)
        lane.exchange(1, size)


@policies
def test_connection_that_is_lost_while_idle(emulator: Emulator, policy: str) -> None:
    sizes = [40, 1_000, 100_000, 2_000_000]
    with ExitStack() as stack, ThreadPoolExecutor(len(sizes)) as pool:
        lanes = [
            stack.enter_context(Lane.open_for_one(emulator, policy, timeout="2s")) for _ in sizes
        ]
        list(pool.map(lose_idle_connections, lanes, sizes))
        cuts = sum(lane.relay.cuts for lane in lanes)
    books = settle([lane.ledger for lane in lanes], emulator, policy, cuts)
    assert books.marked >= 2 * len(sizes)


def test_slow_network_is_waited_for(emulator: Emulator) -> None:
    paces = [Pace(delay=0.05), Pace(delay=0.5), Pace(delay=2), Pace(rate=8_000), Pace(0.1, 50_000)]
    with ExitStack() as stack, ThreadPoolExecutor(len(paces)) as pool:
        lanes = [stack.enter_context(Lane.open(emulator, "fail", batch_objects=20)) for _ in paces]
        for lane, pace in zip(lanes, paces):
            lane.relay.pace = pace
        begun = time.monotonic()
        told = list(pool.map(lambda lane: lane.exchange(20), lanes))
        assert time.monotonic() - begun >= 4, "there and back"
        assert told == [{Stored.YES}] * len(lanes)
    books = settle([lane.ledger for lane in lanes], emulator, "fail", 0)
    assert (books.duplicates, books.marked) == (0, 0)


@policies
def test_replies_that_come_too_late(emulator: Emulator, policy: str) -> None:
    with Lane.open(emulator, policy, request_timeout="800ms", connect_timeout="800ms") as lane:
        assert lane.exchange() == {Stored.YES}
        lane.relay.pace = Pace(delay=0.5)
        assert lane.exchange() == {Stored.MAYBE}
        slow = [lane.relay.pace]

        def fate() -> None:
            lane.relay.pace = slow.pop() if slow else Pace()

        lane.relay.fate = fate
        assert lane.exchange() == {Stored.YES if policy == "retry" else Stored.MAYBE}
        assert lane.exchange() == {Stored.YES}
    books = settle([lane.ledger], emulator, policy, 0)
    assert books.marked == 2 * BATCH
    assert books.duplicates == (3 * BATCH if policy == "retry" else 0)


@policies
def test_service_that_goes_away_and_comes_back(emulator: Emulator, policy: str) -> None:
    with Lane.open(emulator, policy, batch_objects=20, inflight=4, linger="1ms") as lane:
        for _ in range(5 * LOOPS):
            lane.ledger.send(emulator.alerts, 500)
            lane.relay.refuse()
            lane.ledger.send(emulator.alerts, 500)
            with pytest.raises(WaitError):
                lane.producer.flush(0.1)
            lane.relay.listen()
            lane.producer.flush(60)
            lane.ledger.collect()
        assert lane.producer.queued.objects == 0
    books = settle([lane.ledger], emulator, policy, 0)
    assert books.stored >= books.objects / 2


def weather(dice: random.Random) -> Cut | None:
    """Return what happens to an exchange on a bad day: to one in three something."""
    if dice.random() > 1 / 3:
        return None
    way = dice.choice(list(Way))
    most = 8_000 if way is Way.UP else 2_500
    ending = dice.choice([Ending.RESET, Ending.CLOSE, Ending.STALL, Ending.FORGET])
    return Cut(way, dice.randrange(most), ending)


@policies
def test_bad_weather(emulator: Emulator, policy: str) -> None:
    seed = random.randrange(1 << 32)  # noqa: S311
    print("seed", seed)  # noqa: T201
    dice = random.Random(seed)  # noqa: S311
    with Lane.open(
        emulator,
        policy,
        batch_objects=20,
        inflight=4,
        linger="1ms",
        queue_objects=1_000,
        request_timeout="300ms",
        connect_timeout="300ms",
    ) as lane:
        lane.relay.fate = lambda: weather(dice)
        for _ in range(10 * LOOPS):
            lane.ledger.send(emulator.alerts, 500, SIZE)
            lane.relay.pace = Pace(dice.choice([0, 0, 0.01]), dice.choice([math.inf, 1_000_000]))
            if dice.random() < 1 / 3:
                lane.relay.refuse()
                with suppress(WaitError):
                    lane.producer.flush(0.05)
                lane.relay.listen()
            lane.ledger.collect()
        lane.producer.flush(60)
        cuts = lane.relay.cuts
    books = settle([lane.ledger], emulator, policy, cuts)
    assert cuts > 0
    assert books.duplicates < books.objects


def trouble(relay: Relay, how: Cut | Pace | None) -> None:
    """Let the next batch come to a standstill: at a cut, by slowness, or because of a refusal."""
    if isinstance(how, Cut):
        relay.arm(how)
    elif how:
        relay.pace = how
    else:
        relay.refuse()


def wait_for_trouble(relay: Relay, how: Cut | Pace | None, pointer: Any) -> None:
    """Wait until it stands still; what shows no sign of that is given some time."""
    if isinstance(how, Cut):
        wait_until(lambda: relay.cuts == 1)
    else:
        assert lib.dp_producer_flush(pointer, 100, None) == Code.DP_E_WAIT


STANDSTILLS = [
    *(Cut(way, after, Ending.STALL) for way in Way for after in (0, 1, 100, 500, 1_000, 3_000)),
    Cut(Way.UP, 10, Ending.FORGET),
    Cut(Way.UP, 10, Ending.HOLD),
    Pace(delay=60),
    Pace(rate=100),
    None,
]


@pytest.mark.parametrize("timeout", [0, 0.1])
def test_close_ends_in_time_at_any_standstill(emulator: Emulator, timeout: float) -> None:
    late, ledgers = [], []
    for how in STANDSTILLS * LOOPS:
        with Lane.open(emulator, "retry") as lane:
            trouble(lane.relay, how)
            lane.ledger.send(emulator.alerts, BATCH, SIZE)
            wait_for_trouble(lane.relay, how, lane.producer._open.pointer)
            begun = time.monotonic()
            lane.ledger.close(timeout)
            late.append(time.monotonic() - begun - timeout)
            assert late[-1] >= 0, how
        ledgers.append(lane.ledger)
    books = settle(ledgers, emulator, "retry", len(late))
    assert books.objects == BATCH * len(late)
    # This machine may be busy with other things for a moment.
    assert sorted(late)[len(late) // 2] <= 0.1, late
    assert max(late) <= 1, late


def test_free_ends_in_time_at_any_standstill(
    emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    took = []
    text = b'{"x":"' + b"x" * SIZE + b'"}'
    for how in STANDSTILLS * LOOPS:
        with Relay(emulator.url) as relay:
            trouble(relay, how)
            settings = Settings(**emulator.settings(endpoint=relay.url))
            pointer = lib.dp_producer_new(handle_of(settings), None)
            for _ in range(BATCH):
                target = emulator.alerts.encode()
                assert not lib.dp_producer_send(pointer, target, text, len(text), 0, 0, None, None)
            wait_for_trouble(relay, how, pointer)
            begun = time.monotonic()
            lib.dp_producer_free(pointer)
            took.append(time.monotonic() - begun)
    _log.hand_over()
    assert caplog.text.count(f"freed with {BATCH} objects") == len(took)
    assert sorted(took)[len(took) // 2] <= 0.25, took
    assert max(took) <= 1, took
