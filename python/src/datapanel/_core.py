# SPDX-License-Identifier: Apache-2.0
"""What `Producer` and `AsyncProducer` share: everything that does not wait."""

from __future__ import annotations

import json
import warnings
from ctypes import POINTER, byref, c_size_t, string_at
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _call, _log
from ._call import Outs
from ._ffi import dp_reports, lib
from ._handle import owned
from ._inbox import Inbox
from ._open import OpenProducer
from ._text import encoded
from ._waiting import checked
from .codes import Code, Stored
from .errors import ClosedError, ConfigError, code_name, error_class
from .report import read_marked
from .settings import Settings, apply, chosen

if TYPE_CHECKING:
    from typing import NoReturn

    from typing_extensions import Self

    from ._inbox import OnReport
    from .report import Marked, Report
    from .settings import Setting

_TARGETS_MAX = 1000

# Looked up once: these are the steps of every send.
_send = lib.dp_producer_send
_lines = _log.lines
_idle_pop, _idle_append = _call.idle.pop, _call.idle.append


class Queued(NamedTuple):
    """What was taken and has no outcome yet."""

    objects: int
    """How many objects."""
    bytes: int
    """How many bytes of them."""


class Core:
    """A producer without its waits."""

    __slots__ = ("__weakref__", "_has_all_reports", "_inbox", "_open", "_targets", "leftovers")

    leftovers: list[Report]
    """What had no outcome when the producer was closed, each with its exact bytes."""

    def __init__(
        self,
        settings: Settings | None = None,
        /,
        *,
        on_report: OnReport = None,
        exit_timeout: float = 10.0,
        **keywords: Setting,
    ) -> None:
        """Take settings, or keywords as `Settings` does, or keywords that go before settings.

        `on_report` is called with each report that has no future of its own. `exit_timeout` bounds
        how many seconds are spent on delivery when an exception ends the `with`, or when the
        process ends with the producer open; what is left then is logged.

        Raises `ConfigError` for settings that are missing, out of range or at odds.
        """
        if on_report is not None and not callable(on_report):
            raise TypeError("on_report must be a function of one report")
        seconds = checked(exit_timeout)
        if seconds is None:
            raise TypeError("exit_timeout must be seconds; a process has to end")
        its = chosen(settings, keywords)
        self._inbox = Inbox(on_report)
        self._targets: dict[str, bytes] = {}
        self._has_all_reports = its["reports"] == "all"
        self.leftovers = []
        self._open = OpenProducer(its, seconds)

    @classmethod
    def from_environment(
        cls, *, on_report: OnReport = None, exit_timeout: float = 10.0, **keywords: Setting
    ) -> Self:
        """Make one from DATAPANEL_ENDPOINT, DATAPANEL_PROJECT_ID and so on; keywords go first."""
        settings = Settings.from_environment(**keywords)
        return cls(settings, on_report=on_report, exit_timeout=exit_timeout)

    @property
    def closed(self) -> bool:
        """Whether it takes no more objects."""
        return self._open.ended

    @property
    def queued(self) -> Queued:
        """What was taken and has no outcome yet."""
        objects, size = c_size_t(), c_size_t()
        check(lib.dp_producer_queued(self._open.pointer, byref(objects), byref(size)), "queued")
        return Queued(objects.value, size.value)

    def fileno(self) -> int:
        """Return a descriptor for `select` and the like: readable while reports wait.

        It is only to be waited for, never read or closed.
        """
        descriptor: int = lib.dp_producer_event_fd(self._open.pointer)
        return descriptor

    def set(self, **settings: Setting) -> None:
        """Change settings of a producer in use; targets that wait for credentials try at once.

        The settings that can change have `runtime` in `Settings.describe()`.
        """
        apply(settings, lib.dp_producer_set, self._open.pointer)

    def pause(self, target: str | None = None) -> None:
        """Stop sending to a target, without one to all. Objects are taken all the same."""
        check(lib.dp_producer_pause(self._open.pointer, self._name(target), 1), "pause")

    def resume(self, target: str | None = None) -> None:
        """Go on with what `pause` stopped."""
        check(lib.dp_producer_pause(self._open.pointer, self._name(target), 0), "resume")

    def purge(self, target: str | None = None) -> int:
        """Give up what waits for a target, without one for all, and return how many objects.

        Each is reported with the code `DP_E_CANCELLED` and its bytes.
        """
        count = c_size_t()
        name = self._name(target)
        check(lib.dp_producer_purge(self._open.pointer, name, byref(count)), "purge")
        return count.value

    def stats(self) -> dict[str, Any]:
        """Return what happened so far; docs/STATISTICS.md tells what the names mean."""
        stats: dict[str, Any] = json.loads(self._stats(b"json"))
        return stats

    def prometheus(self) -> str:
        """Return what happened so far as the text that Prometheus reads."""
        return self._stats(b"prometheus").decode()

    def _stats(self, form: bytes) -> bytes:
        _log.hand_over()
        check(lib.dp_producer_queued(self._open.pointer, None, None), "stats")
        with owned(lib.dp_producer_stats(self._open.pointer, form), lib.dp_free) as text:
            return string_at(text)

    def _try_send(self, name: bytes, text: bytes, mark: int | None, wait_ms: int) -> int:
        """Send within one slice of time; return the ticket, or 0 when there was no room."""
        opened = self._open
        if _lines:
            _log.hand_over()
        if opened.ended:
            raise closed()
        try:
            outs = _idle_pop()
        except IndexError:
            outs = Outs()
        code = _send(
            opened.pointer, name, text, len(text), mark, wait_ms,
            outs.ticket_out, outs.error_out,
        )  # fmt: skip
        if code == 0:
            ticket: int = outs.ticket.value
            _idle_append(outs)
            return ticket
        with outs.failure as failure:
            if code == Code.DP_E_QUEUE_FULL:
                return 0
            raise failure.exception(code)

    def _check_futures(self) -> None:
        if not self._has_all_reports:
            raise ConfigError(
                "a future needs a report of each object: set reports = all",
                code=Code.DP_E_CONFIG,
                details={"key": "reports"},
            )

    def _name(self, target: str | None) -> bytes | None:
        return None if target is None else self._target(target)

    def _target(self, target: str) -> bytes:
        """Return a target as the library takes it; most programs have few of them."""
        try:
            return self._targets[target]
        except (KeyError, TypeError):
            name = encoded(target, "target")
        if len(self._targets) >= _TARGETS_MAX:
            self._targets.clear()
        self._targets[target] = name
        return name

    def _collect(self, wait_ms: int, most: int = 1000) -> bool:
        """Take reports from the library and hand them out; say whether there were any."""
        _log.hand_over()
        pointer = POINTER(dp_reports)()
        code = lib.dp_producer_poll(self._open.pointer, wait_ms, most, byref(pointer))
        if not pointer:
            check(code, "poll")
            return False
        try:
            reports = read_marked(pointer)
        finally:
            lib.dp_reports_free(pointer)
        self._inbox.add(reports)
        return True

    def _collect_all(self) -> None:
        while self._collect(0):
            pass

    def _hand_back(self, left: list[Marked]) -> list[Report]:
        """Give what is left to its futures, and put it into `leftovers`."""
        self.leftovers = [report for _, report in left]
        if self._inbox.collects:
            self._collect_all()
        self._inbox.add([(mark, report) for mark, report in left if mark in self._inbox.futures])
        self._inbox.give_up()
        _log.hand_over()
        if left:
            _log.logger().warning(
                "a producer was closed with %d objects that were not delivered; they are in its "
                "leftovers",
                len(left),
            )
        return self.leftovers

    def __repr__(self) -> str:
        """Tell its state."""
        state = "closed" if self.closed else "open"
        return f"<{type(self).__name__}, {state}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled, as for another process."""
        name = type(self).__name__
        raise TypeError(f"a {name} belongs to one process; make one where it is used")

    def __del__(self) -> None:
        """Warn when nobody closed it. It goes on until the process ends, and is closed then."""
        opened = getattr(self, "_open", None)
        if opened is not None and not (opened.ended or opened.forked):
            warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)


def closed() -> ClosedError:
    """Return the error about a producer that takes no more objects."""
    return ClosedError("the producer is closed; make another", code=Code.DP_E_CLOSED)


def check(code: int, what: str) -> None:
    """Raise for a code of a call that has no dp_error."""
    if code == Code.DP_OK:
        return
    reasons: dict[int, str] = {
        Code.DP_E_FORKED: "the producer was made before this process was forked; make another here",
        Code.DP_E_CLOSED: "the producer is closed",
        Code.DP_E_NOMEM: "memory ran out",
        Code.DP_E_ARGUMENT: "the target is empty, or has '/' or a control character",
    }
    message = f"{what}: {reasons.get(code, code_name(code))}"
    raise error_class(code, Stored.NO)(message, code=code)
