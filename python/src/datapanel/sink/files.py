# SPDX-License-Identifier: Apache-2.0
"""Files that are whole or not there: dead letters, and the ledger."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datapanel.report import Report


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    with unfinished.open("wb") as file:
        file.write(content)
        _settle(file)
    unfinished.replace(path)


class Letters:
    """The dead letters of one task: NDJSON, with a line for each row that failed.

    The file gets its name when the task is done; that of an attempt that died keeps a dot in front
    of its name.
    """

    def __init__(self, directory: str, name: str) -> None:
        """Make no file before there is a letter."""
        self._path = Path(directory) / f"{name}.ndjson"
        self._unfinished = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        self._file: IO[bytes] | None = None
        self.count = 0

    def add(self, facts: dict[str, Any], text: bytes, *, is_object: bool) -> None:
        """Keep a row: its object as the bytes that it has, and anything else as a text."""
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._unfinished.open("wb")
        known = {key: value for key, value in facts.items() if value is not None}
        line = json.dumps(known, ensure_ascii=False, separators=(",", ":"))
        if is_object:
            # A line has one end; in JSON white space is as good as none.
            member = b'"object":' + text.replace(b"\n", b" ").replace(b"\r", b" ")
        else:
            shown = text.decode(errors="replace")
            member = b'"text":' + json.dumps(shown, ensure_ascii=False).encode()
        self._file.write(line.encode()[:-1] + b"," + member + b"}\n")
        self.count += 1

    def finish(self) -> str | None:
        """Give the file its name, and return that; None when there was no letter."""
        if self._file is None:
            return None
        _settle(self._file)
        self._file.close()
        self._unfinished.replace(self._path)
        return str(self._path)

    def close(self) -> None:
        """Leave what was written so far to whoever looks into it."""
        if self._file is not None:
            self._file.close()


def facts_of(report: Report) -> dict[str, Any]:
    """Return what a report says of a failure, in the words of `datapanel send`."""
    return {
        "code": report.code_name,
        "stored": report.stored.name.lower(),
        "message": report.message,
        "server_code": report.server_code,
        "http_status": report.http_status,
        "request_id": report.request_id,
        "attempts": report.attempts,
    }


def _settle(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
