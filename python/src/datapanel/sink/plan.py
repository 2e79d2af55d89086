# SPDX-License-Identifier: Apache-2.0
"""What a job does, read from options and checked before anything is sent."""

from __future__ import annotations

import difflib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from datapanel.codes import Code
from datapanel.errors import ConfigError
from datapanel.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

    from datapanel.settings import SettingInfo

OPTIONS = (
    "target",
    "id.column",
    "id.from",
    "id.field",
    "json.column",
    "transfer",
    "errors",
    "errors.path",
    "fleet.requests_per_second",
    "fleet.tasks",
    "token.env",
    "token.file",
    "run.id",
    "ledger.path",
)

# What engines add to the options of a sink by themselves.
_OF_ENGINES = ("checkpointlocation",)

# A producer keeps 100,000 reports that nobody has taken yet; a task takes them between two calls.
_QUEUE_OBJECTS_MAX = 50_000

# Each task has one producer, whose reports the task reads and whose objects it can send again.
_OF_TASKS = ("reports", "spool.", "dead_letter.")

_SECRET_WORDS = re.compile(r"(token|password|secret|secret_key|passwd|credentials?)$")
_USER_IN_URL = re.compile(r"//[^/@]*@")
_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True)
class Identity:
    """Where the id of an object comes from, the same one each time that its row is sent."""

    source: str
    """`"column"`, `"content"`, or `"object"` when the JSON has an id of its own."""
    column: str = ""
    """The column with the id."""
    field: str = "id"
    """The member that the id is written into."""


@dataclass(frozen=True)
class Plan:
    """A job, without a secret in it: safe to pickle, to log and to send to any worker."""

    target: str
    identity: Identity
    settings: tuple[tuple[str, str], ...] = ()
    """Settings of the producers, as keywords."""
    json_column: str | None = None
    transfer: str = "arrow"
    letters: str | None = None
    """The directory of the dead letters; None when a failure ends the task."""
    token_env: str | None = None
    token_file: str | None = None
    run: str = "run"
    """What the job is called in the names of files; by default the time at which it began."""
    ledger: str | None = None
    """The directory with a file for each commit."""

    @classmethod
    def of(cls, options: Mapping[str, str]) -> Plan:
        """Read options; raise `ConfigError` for what is missing, unknown, secret or at odds."""
        read = _Reader(options)
        target = read.take("target")
        if not target:
            _refuse("target", "target is missing: a data class id, or its name as name:Indicator")
        json_column = read.take("json.column")
        plan = cls(
            target=target,
            identity=_identity(read, json_column),
            json_column=json_column,
            transfer=read.choice("transfer", ("arrow", "rows")),
            letters=_letters(read),
            token_env=read.take("token.env"),
            token_file=read.take("token.file"),
            run=read.take("run.id")
            or f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}",
            ledger=read.take("ledger.path"),
            settings=(*_fleet(read), *read.settings()),
        )
        if plan.token_env and plan.token_file:
            _refuse("token.env", "token.env and token.file are two places for one token")
        if not _RUN_ID.fullmatch(plan.run):
            _refuse("run.id", "run.id names files: letters, digits, '.', '_' and '-', 100 at most")
        settings = Settings(**plan.keywords())  # says which value is out of range
        if int(settings["queue_objects"]) > _QUEUE_OBJECTS_MAX:
            _refuse("queue.objects", f"queue.objects of a task is {_QUEUE_OBJECTS_MAX} at the most")
        return plan

    def keywords(self) -> dict[str, str]:
        """Return the settings of a producer, but for its credentials."""
        return {"queue_objects": str(_QUEUE_OBJECTS_MAX), **dict(self.settings)}

    def open_settings(self) -> Settings:
        """Return the settings of a producer, on the worker: here the secret is read."""
        keywords = self.keywords()
        token = self._token()
        if token is not None:
            keywords.update(auth="token", auth_token=token)
        elif "auth" not in keywords and "DATAPANEL_AUTH" not in os.environ:
            keywords["auth"] = "default"
        return Settings.from_environment(**keywords, reports="all")

    def _token(self) -> str | None:
        if self.token_env:
            token = os.environ.get(self.token_env, "")
            place = f"the environment variable {self.token_env}"
        elif self.token_file:
            place = self.token_file
            try:
                token = Path(place).read_text(encoding="utf-8")
            except OSError as failure:
                _refuse("token.file", f"token.file: {failure}; it has to be on each worker")
        else:
            return None
        if not token.strip():
            _refuse("token", f"there is no token in {place}, on this worker")
        return token.strip()


class _Reader:
    """Options, of which each is taken once."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self._left = {key.lower(): value for key, value in options.items()}
        for key in _OF_ENGINES:
            self._left.pop(key, None)

    def take(self, key: str) -> str | None:
        return self._left.pop(key, None) or None

    def choice(self, key: str, values: tuple[str, ...]) -> str:
        """Return one of the values, of which the first is the default."""
        value = self.take(key) or values[0]
        if value not in values:
            _refuse(key, f"{key} is {' or '.join(values)}, not {value!r}")
        return value

    def has(self, key: str) -> bool:
        return key in self._left

    def settings(self) -> list[tuple[str, str]]:
        """Take the rest, which has to be settings of the library."""
        known = {info.key: info for info in Settings.describe()}
        for key, value in self._left.items():
            _check_setting(key, value, known)
        return [(known[key].keyword, value) for key, value in sorted(self._left.items())]


def _check_setting(key: str, value: str, known: Mapping[str, SettingInfo]) -> None:
    info = known.get(key)
    if (info and info.secret) or (not info and _SECRET_WORDS.search(key)):
        _refuse(
            key,
            f"{key} is a secret, and options travel in plans. Name the environment variable of the "
            "workers that has the token (token.env), or a file there (token.file), or leave both "
            "away: then auth = default finds credentials on each worker",
        )
    if not info:
        near = difflib.get_close_matches(key, [*OPTIONS, *known], 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        _refuse(key, f"unknown option {key!r}{hint}")
    if key.startswith(_OF_TASKS):
        _refuse(key, f"{key} is not for tasks: they read all reports, and the engine repeats them")
    if _USER_IN_URL.search(value):
        _refuse(key, f"{key} has a user and perhaps a password, and options travel in plans")


def _identity(read: _Reader, json_column: str | None) -> Identity:
    column, source = read.take("id.column"), read.take("id.from")
    field = read.take("id.field")
    if bool(column) == bool(source):
        _refuse(
            "id.column",
            "an object needs an id that stays the same when its row is sent again: give either "
            "id.column = a column that has one, or id.from = content",
        )
    if column:
        return Identity("column", column, field or ("id" if json_column else column))
    if source == "object" and json_column:
        if field:
            _refuse("id.field", "with id.from = object nothing is written into the object")
        return Identity("object")
    if source != "content":
        _refuse("id.from", f"id.from is content, or object with json.column, not {source!r}")
    return Identity("content", field=field or "id")


def _letters(read: _Reader) -> str | None:
    errors, path = read.choice("errors", ("fail", "dead-letter")), read.take("errors.path")
    if (errors == "dead-letter") != bool(path):
        _refuse("errors.path", "errors = dead-letter and errors.path, a directory, go together")
    return path


def _fleet(read: _Reader) -> list[tuple[str, str]]:
    """Return the share of one task; the library counts whole requests."""
    rate, tasks = read.take("fleet.requests_per_second"), read.take("fleet.tasks")
    if not rate and not tasks:
        return []
    if not rate or not tasks:
        _refuse(
            "fleet.tasks",
            "fleet.requests_per_second is divided by fleet.tasks, the most tasks that run at once "
            "(executors times cores): give both",
        )
    if read.has("rate.requests"):
        _refuse("rate.requests", "fleet.requests_per_second sets rate.requests: give one of them")
    try:
        share = int(float(rate) / int(tasks))
    except (ValueError, ZeroDivisionError, OverflowError):
        share = -1
    if share < 0 or int(tasks) < 1:
        _refuse("fleet.tasks", "fleet.requests_per_second and fleet.tasks are numbers above 0")
    if share == 0:
        _refuse(
            "fleet.requests_per_second",
            f"{rate} requests a second are less than one for each of {tasks} tasks: let fewer run "
            "at once (coalesce)",
        )
    return [("rate_requests", str(share))]


def _refuse(key: str, message: str) -> NoReturn:
    raise ConfigError(message, code=Code.DP_E_CONFIG, details={"key": key})
