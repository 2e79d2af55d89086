# SPDX-License-Identifier: Apache-2.0
"""One producer's way to the service: a relay that may do anything to it, and a ledger."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from datapanel import Stored
from emulator import wait_until
from ledger import Ledger
from relay import Cut, Ending, Relay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from datapanel import Producer
    from emulator import Emulator

BATCH = 100
SIZE = 300


class Lane:
    """A producer that has one request under way at a time, and the network before it."""

    def __init__(self, relay: Relay, producer: Producer, target: str) -> None:
        """Send to this target, through the relay."""
        self.relay = relay
        self.producer = producer
        self.ledger = Ledger(producer)
        self._target = target

    @classmethod
    @contextmanager
    def open(cls, emulator: Emulator, policy: str, **settings: Any) -> Iterator[Lane]:
        """Open one that tries again at once."""
        settings = {
            "ambiguous_policy": policy,
            "backoff_base": "1ms",
            "backoff_cap": "1ms",
            "batch_bytes": "4MiB",
            "batch_objects": BATCH,
            "inflight": 1,
            "linger": "1s",
            **settings,
        }
        with Relay(emulator.url) as relay:
            producer = emulator.producer(endpoint=relay.url, **settings)
            lane = cls(relay, producer, emulator.alerts)
            try:
                yield lane
            finally:
                lane.ledger.close(0)

    @classmethod
    def open_for_one(
        cls, emulator: Emulator, policy: str, timeout: str
    ) -> AbstractContextManager[Lane]:
        """Open one that sends each object by itself, and waits so long for a reply."""
        return cls.open(
            emulator,
            policy,
            batch_bytes=12_000_000,
            batch_objects=1,
            request_timeout=timeout,
            connect_timeout=timeout,
        )

    def exchange(self, count: int = BATCH, size: int = SIZE, why: str = "") -> set[Stored]:
        """Send one batch, wait for its outcome, and return what was said about its objects."""
        self.ledger.send(self._target, count, size, why)
        self.producer.flush(60)
        return {report.stored for report in self.ledger.collect()}

    def suffer(self, cut: Cut, *, is_reused: bool) -> None:
        """Send a batch that this happens to, on a connection that is new or not."""
        if is_reused:
            # The one there is may be lost already, by the last cut.
            while self.exchange() != {Stored.YES}:
                pass
        else:
            self.relay.end_all(Ending.CLOSE)
        expected = (self.relay.cuts + 1, self.relay.reused_cuts + is_reused)
        self.relay.arm(cut)
        self.exchange(why=f" {cut.ending.name} {cut.after} {cut.way.name} {is_reused}")
        # The outcome may be known before the last byte ends it all.
        wait_until(lambda: (self.relay.cuts, self.relay.reused_cuts) == expected)
