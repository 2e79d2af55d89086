# SPDX-License-Identifier: Apache-2.0
"""The other end of a comparison: the sink of this folder, or the emulator."""

import http.client
import json
import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
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


@dataclass(frozen=True)
class Identity:
    """What a server speaks TLS with: a certificate that is its own authority, and the key."""

    certificate: Path
    key: Path


def make_identity(folder: Path) -> Identity:
    """For a server on the loopback interface, for two days."""
    made = Identity(folder / "certificate.pem", folder / "key.pem")
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=sink"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(made.key), "-out", str(made.certificate)]
    done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: {' '.join(command)} failed: {done.stderr.strip()}")
    return made


class Server:
    """A server for as long as a `with` lasts. Both kinds tell what they got at the same route."""

    def __init__(self, command: Sequence[str], trusted: Path | None = None) -> None:
        self.command = command
        self.trusted = trusted  # the certificate of one that speaks TLS

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        clock = Timer(START_SECONDS_MAX, self.process.kill)
        clock.start()
        # The first line is the address; the few others stay in the pipe.
        self.url = self.process.stdout.readline().strip() if self.process.stdout else ""
        clock.cancel()
        if not self.url.startswith("https://" if self.trusted else "http://"):
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
        settings = IDENTITIES | {"DATAPANEL_ENDPOINT": self.url}
        if self.trusted:
            settings["DATAPANEL_TLS_CA_FILE"] = str(self.trusted)
        return settings

    def reset(self) -> None:
        """Forgets all objects and counts from 0."""
        self._ask("DELETE", "/_emulator/objects")

    def objects(self) -> int:
        """How many objects arrived, by the server's own count."""
        return self._count("objects")

    def connections(self) -> int:
        """On how many connections they arrived."""
        return self._count("connections")

    def _count(self, name: str) -> int:
        return int(json.loads(self._ask("GET", "/_emulator/stats"))[name])

    def _connect(self) -> http.client.HTTPConnection:
        place = urlsplit(self.url).netloc
        if not self.trusted:
            return http.client.HTTPConnection(place, timeout=20)
        trust = ssl.create_default_context(cafile=str(self.trusted))
        return http.client.HTTPSConnection(place, timeout=20, context=trust)

    def _ask(self, method: str, path: str) -> bytes:
        connection = self._connect()
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise SystemExit(f"bench: {method} {path} of {self.command[0]}: {answer.status}")
        return body


class Sinks:
    """Starts sinks; those that speak TLS share an identity, made when it is first needed."""

    def __init__(self, folder: Path, marker: str) -> None:
        self.folder = folder
        self.marker = marker
        self.identity: Identity | None = None

    def start(self, latency_ms: int = 0, *, tls: bool = False) -> Server:
        command = [str(self.folder / "sink"), self.marker, str(latency_ms)]
        if not tls:
            return Server(command)
        self.identity = self.identity or make_identity(self.folder)
        command += [str(self.identity.certificate), str(self.identity.key)]
        return Server(command, self.identity.certificate)
