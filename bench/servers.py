# SPDX-License-Identifier: Apache-2.0
"""The other end of a comparison: the sink of this folder, or the emulator."""

import http.client
import json
import subprocess
from collections.abc import Sequence
from threading import Timer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

START_SECONDS_MAX = 20
STOP_SECONDS_MAX = 10

# The identities that the emulator has built in; the sink asks for none.
IDENTITIES = {
    "DATAPANEL_PROJECT_ID": "0123456789abcdef0123456789abcdef",
    "DATAPANEL_WORKSPACE_ID": "6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11",
    "DATAPANEL_AUTH_TOKEN": "emulator-token",
}


class Server:
    """A server for as long as a `with` lasts. Both kinds tell what they got at the same route."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        clock = Timer(START_SECONDS_MAX, self.process.kill)
        clock.start()
        # The first line is the address; the few others stay in the pipe.
        self.url = self.process.stdout.readline().strip() if self.process.stdout else ""
        clock.cancel()
        if not self.url.startswith("http://"):
            self.__exit__(None, None, None)
            raise SystemExit(f"bench: {self.command[0]} did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def settings(self) -> dict[str, str]:
        """What a program has to know to send here, as environment."""
        return IDENTITIES | {"DATAPANEL_ENDPOINT": self.url}

    def reset(self) -> None:
        """Forgets all objects and counts from 0."""
        self._ask("DELETE", "/_emulator/objects")

    def objects(self) -> int:
        """How many objects arrived, by the server's own count."""
        return int(json.loads(self._ask("GET", "/_emulator/stats"))["objects"])

    def _ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise SystemExit(f"bench: {method} {path} of {self.command[0]}: {answer.status}")
        return body
