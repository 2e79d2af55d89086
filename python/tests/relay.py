# SPDX-License-Identifier: Apache-2.0
"""A port of loopback that passes connections on to the emulator, and does to them what networks do.

It looks at no byte; it counts them. An exchange begins with what a client sends first, or first
after a reply, and each may have a `Cut`: after so many of its bytes one way, something happens.
"""

from __future__ import annotations

import enum
import fcntl
import math
import select
import socket
import struct
import threading
import time
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

_PIECE = 1 << 16
_WAITING_MAX = 1 << 18
# linux/sockios.h: how many bytes of a socket are not sent yet.
_SIOCOUTQNSD = 0x894B
_DRAIN_SECONDS = 1.0
_NO_LINGER = struct.pack("ii", 1, 0)


class Way(enum.Enum):
    """Where bytes go."""

    UP = "to the service"
    DOWN = "to the client"


class Ending(enum.Enum):
    """What happens to a connection."""

    RESET = "reset at both ends"
    CLOSE = "closed at both ends"
    STALL = "open, but what comes this way is lost from here on"
    HOLD = "open, but what comes this way is not taken from here on"
    FORGET = "gone at the service, and for the client as if all were well"


class Cut(NamedTuple):
    """What happens to an exchange, and when."""

    way: Way
    after: int
    """With this byte; 0 is before the first one, when that arrives."""
    ending: Ending


@dataclass(frozen=True)
class Pace:
    """How fast bytes go, each way."""

    delay: float = 0.0
    """How many seconds each byte is on its way."""
    rate: float = math.inf
    """How many bytes go in a second."""


class _Flow:
    """One way of a connection."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self.source = source
        self.sink = sink
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.size = 0
        self.free_at = 0.0
        # Of this exchange: whether it got here yet, and how many bytes it may still have.
        self.begun = False
        self.left: float = math.inf
        # Whether its source has ended.
        self.over = False
        self.lost = False
        self.held = False

    def begin(self, left: float) -> None:
        self.begun = False
        self.left = left

    def clear(self) -> None:
        self.waiting.clear()
        self.size = 0

    def wants(self) -> bool:
        return not (self.over or self.held) and self.size < _WAITING_MAX

    def take(self, data: bytes, pace: Pace) -> None:
        self.begun = True
        data = data[: int(min(self.left, len(data)))]
        self.left -= len(data)
        step = len(data) if pace.rate == math.inf else max(1, int(pace.rate / 100))
        for start in range(0, len(data), step or 1):
            piece = data[start : start + step]
            self.free_at = max(self.free_at, time.monotonic()) + len(piece) / pace.rate
            self.waiting.append((self.free_at + pace.delay, piece))
            self.size += len(piece)

    def due(self) -> float:
        return self.waiting[0][0] if self.waiting else math.inf

    def pass_on(self) -> None:
        """Write what is due, for as long as it is taken."""
        while self.due() <= time.monotonic():
            at, piece = self.waiting.popleft()
            try:
                count = self.sink.send(piece, socket.MSG_NOSIGNAL)
            except BlockingIOError:
                count = 0
            self.size -= count
            if count < len(piece):
                self.waiting.appendleft((at, piece[count:]))
                return


class _Connection:
    """A client's, and the one to the service that it stands for."""

    def __init__(self, client: socket.socket, service: socket.socket) -> None:
        self.flows = {Way.UP: _Flow(client, service), Way.DOWN: _Flow(service, client)}
        self.sockets = (client, service)
        self.cut: Cut | None = None
        self.exchanges = 0
        self.open = True
        self.between_exchanges = True
        for each in self.sockets:
            each.settimeout(0)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def end(self, ending: Ending, way: Way = Way.UP) -> None:
        flow = self.flows[way]
        flow.lost = ending is Ending.STALL
        flow.held = ending is Ending.HOLD
        if ending is Ending.FORGET:
            self._shut(self.flows[Way.UP].sink, is_reset=True)
            self.flows[Way.UP].lost = self.flows[Way.DOWN].over = True
            for each_flow in self.flows.values():
                each_flow.clear()
        elif ending in {Ending.RESET, Ending.CLOSE}:
            for each in self.sockets:
                self._shut(each, is_reset=ending is Ending.RESET)
            self.open = False

    @staticmethod
    def _shut(each: socket.socket, *, is_reset: bool) -> None:
        if is_reset and each.fileno() >= 0:
            _drain(each)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        each.close()


def _drain(each: socket.socket) -> None:
    """Wait until the other side has what was written; a reset would take it back."""
    deadline = time.monotonic() + _DRAIN_SECONDS
    while time.monotonic() < deadline:
        if not int.from_bytes(fcntl.ioctl(each, _SIOCOUTQNSD, bytes(4)), "little"):
            return


class Relay:
    """Listens from `with` on.

    Runs on: a thread of its own; every method can be called from any other.
    """

    def __init__(self, to: str) -> None:
        """Lead to this URL."""
        parts = urlsplit(to)
        self._to = (parts.hostname or "", parts.port or 0)
        # Never listens: it keeps the port while nobody else does.
        self._reserved = self._bound(0)
        self._listener: socket.socket | None = None
        self.url = f"http://127.0.0.1:{self._reserved.getsockname()[1]}"
        self.cuts = 0
        """How many cuts came to pass."""
        self.reused_cuts = 0
        """How many of them on a connection that had carried another exchange before."""
        self.fate: Callable[[], Cut | None] = lambda: None
        """Asked at the beginning of each exchange; called on the relay's thread."""
        self.pace = Pace()
        self.heard: dict[Way, bytes] = {}
        """The first bytes of the last exchange, each way."""
        self.counts: dict[Way, int] = {}
        """How many bytes of it there were."""
        self._connections: list[_Connection] = []
        self._orders: deque[tuple[Callable[[], None], Future[None]]] = deque()
        self._waker, self._woken = socket.socketpair()
        self._ends = False
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._listen()
        self._thread.start()
        return self

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End it and all connections."""
        self._order(self._stop)
        self._thread.join()
        for each in (self._reserved, self._waker, self._woken):
            each.close()

    def arm(self, cut: Cut) -> None:
        """Let the next exchange have this cut, and no other."""
        cuts = [cut]
        self.fate = lambda: cuts.pop() if cuts else None

    def end_all(self, ending: Ending) -> None:
        """Do this to the connections there are now, whatever they are at."""

        def end() -> None:
            for each in self._connections:
                each.end(ending)

        self._order(end)

    def refuse(self) -> None:
        """Go away: connections are reset, and new ones refused, until `listen`."""

        def refuse() -> None:
            if self._listener:
                self._listener.close()
            self._listener = None
            for each in self._connections:
                each.end(Ending.RESET)

        self._order(refuse)

    def listen(self) -> None:
        """Come back."""
        self._order(self._listen)

    def _order(self, order: Callable[[], None]) -> None:
        done: Future[None] = Future()
        self._orders.append((order, done))
        self._waker.send(b"!")
        done.result(20)

    @staticmethod
    def _bound(port: int) -> socket.socket:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Inherited by what is accepted: what is held back soon holds back the sender.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _PIECE)
        bound.bind(("127.0.0.1", port))
        return bound

    def _listen(self) -> None:
        if not self._listener:
            self._listener = self._bound(self._reserved.getsockname()[1])
            self._listener.listen(64)
            self._listener.settimeout(0)

    def _stop(self) -> None:
        self._ends = True
        if self._listener:
            self._listener.close()
        for each in self._connections:
            each.end(Ending.CLOSE)

    def _run(self) -> None:
        while not self._ends:
            ready = self._ready()
            if self._woken.fileno() in ready:
                self._woken.recv(_PIECE)
                while self._orders:
                    order, done = self._orders.popleft()
                    order()
                    done.set_result(None)
            if self._listener and self._listener.fileno() in ready:
                self._accept(self._listener)
            for connection in self._connections:
                if connection.open:
                    self._serve(connection, ready)
            self._connections = [each for each in self._connections if each.open]

    def _ready(self) -> set[int]:
        """Wait for something to do; return the descriptors that have it."""
        events = {self._woken.fileno(): select.POLLIN}
        if self._listener:
            events[self._listener.fileno()] = select.POLLIN
        now = time.monotonic()
        due = math.inf
        for connection in self._connections:
            for flow in connection.flows.values():
                if flow.wants():
                    events[flow.source.fileno()] = (
                        events.get(flow.source.fileno(), 0) | select.POLLIN
                    )
                if flow.due() <= now:
                    events[flow.sink.fileno()] = events.get(flow.sink.fileno(), 0) | select.POLLOUT
                else:
                    due = min(due, flow.due())
        poll = select.poll()
        for descriptor, event in events.items():
            poll.register(descriptor, event)
        wait = None if due == math.inf else math.ceil((due - now) * 1000)
        return {descriptor for descriptor, _ in poll.poll(wait)}

    def _accept(self, listener: socket.socket) -> None:
        with suppress(BlockingIOError, ConnectionAbortedError):
            client, _ = listener.accept()
            try:
                service = socket.create_connection(self._to, 20)
            except OSError:
                client.close()
                raise
            self._connections.append(_Connection(client, service))

    def _serve(self, connection: _Connection, ready: set[int]) -> None:
        try:
            for way, flow in connection.flows.items():
                if flow.wants() and flow.source.fileno() in ready:
                    self._hear(connection, way, flow)
                if connection.open:
                    flow.pass_on()
                if connection.open:
                    self._judge(connection, way, flow)
        except OSError:
            # One side is gone, and so it goes on to the other.
            connection.end(Ending.RESET)

    def _hear(self, connection: _Connection, way: Way, flow: _Flow) -> None:
        try:
            data = flow.source.recv(_PIECE)
        except BlockingIOError:  # it has the number of one that was ready
            return
        flow.over = not data
        if flow.over or flow.lost:
            return
        if way is Way.UP and connection.between_exchanges:
            self._begin(connection)
        connection.between_exchanges = way is Way.DOWN
        self.counts[way] += len(data)
        self.heard[way] += data[: _PIECE - len(self.heard[way])]
        flow.take(data, self.pace)

    def _begin(self, connection: _Connection) -> None:
        connection.exchanges += 1
        self.heard = dict.fromkeys(Way, b"")
        self.counts = dict.fromkeys(Way, 0)
        connection.cut = self.fate()
        for way, flow in connection.flows.items():
            is_cut = connection.cut is not None and connection.cut.way is way
            flow.begin(connection.cut.after if connection.cut and is_cut else math.inf)

    def _judge(self, connection: _Connection, way: Way, flow: _Flow) -> None:
        """Do what is due after a step."""
        cut = connection.cut
        if flow.waiting:
            return
        if cut and cut.way is way and flow.begun and flow.left == 0:
            connection.cut = None
            self.cuts += 1
            self.reused_cuts += connection.exchanges > 1
            connection.end(cut.ending, way)
        elif flow.over and not (way is Way.DOWN and connection.flows[Way.UP].lost):
            connection.end(Ending.CLOSE)
