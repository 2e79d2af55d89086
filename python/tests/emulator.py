# SPDX-License-Identifier: Apache-2.0
"""The emulator of the service, started for the tests and told what to do wrong."""

from __future__ import annotations

import json
import select
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, Request, build_opener

from datapanel import Client, Producer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datapanel import Report

_DEADLINE = 20.0
_PAGE = 10_000

# Loopback is not for proxies, whatever the environment says.
_open = build_opener(ProxyHandler({})).open


@dataclass(frozen=True)
class Emulator:
    """A running emulator with its built-in identities."""

    url: str
    project: str = "0123456789abcdef0123456789abcdef"
    workspace: str = "6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11"
    alerts: str = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"
    token: str = "emulator-token"

    @classmethod
    @contextmanager
    def start(cls, program: str) -> Iterator[Emulator]:
        """Start one on a free port and stop it at the end of the `with`."""
        process = subprocess.Popen(  # noqa: S603
            [program, "--port", "0"], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        try:
            ready, _, _ = select.select([process.stdout], [], [], _DEADLINE)
            url = process.stdout.readline().strip() if ready else ""
            if not url.startswith("http://"):
                raise RuntimeError(f"{program} said {url!r} where its URL was expected")
            yield cls(url)
        finally:
            process.terminate()
            process.wait(_DEADLINE)
            process.stdout.close()

    def settings(self, **settings: Any) -> dict[str, Any]:
        """Return settings that this emulator accepts, but for these."""
        mine = {
            "endpoint": self.url,
            "project_id": self.project,
            "workspace_id": self.workspace,
            "auth_token": self.token,
        }
        return {**mine, **settings}

    def client(self, **settings: Any) -> Client:
        """Return a client with these settings."""
        return Client(**self.settings(**settings))

    def producer(self, **settings: Any) -> Producer:
        """Return a producer with these settings, which hurries."""
        return Producer(**self.settings(**{"linger": "5ms", **settings}))

    def reset(self) -> None:
        """Clear the faults, the store and the counts."""
        self._ask("DELETE", "/_emulator/faults")
        self._ask("DELETE", "/_emulator/objects")

    def fault(self, **fault: Any) -> None:
        """Let something go wrong, with `times` requests, else with the next one."""
        self._ask("POST", "/_emulator/faults", fault)

    def stats(self) -> dict[str, Any]:
        """Return the counts since the last reset."""
        stats: dict[str, Any] = json.loads(self._ask("GET", "/_emulator/stats"))
        return stats

    def held(self, report: Report) -> bytes:
        """Return the exact bytes that the service holds for an alert that was stored."""
        path = f"/v1/{self.project}/workspaces/{self.workspace}/soc/datapanel/{self.alerts}"
        answer = self._ask("GET", f"{path}/data-objects/{report.id}")
        # Parsing it would lose the very thing to compare: {"code":…,"success":true,"data":<bytes>}
        head, _, rest = answer.partition(b'"data":')
        assert b'"success":true' in head, answer
        assert rest.endswith(b"}"), answer
        return rest[:-1]

    def objects(self) -> list[Any]:
        """Return all alerts that the service holds, in the order in which they were stored."""
        path = f"/v1/{self.project}/workspaces/{self.workspace}/soc/datapanel/{self.alerts}"
        found: list[Any] = []
        while True:
            page = {"limit": _PAGE, "offset": len(found)}
            answer = self._ask("POST", f"{path}/data-objects/search", page)
            objects: list[Any] = json.loads(answer)["data"]
            found += objects
            if len(objects) < _PAGE:
                return found

    def _ask(self, method: str, path: str, body: object = None) -> bytes:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "X-Auth-Token": self.token}
        request = Request(self.url + path, data, headers, method=method)  # noqa: S310
        with _open(request, timeout=_DEADLINE) as response:
            answer: bytes = response.read()
            return answer


def wait_until(condition: Callable[[], bool]) -> None:
    """Return as soon as a condition holds; fail when it does not come to."""
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come to hold"
        time.sleep(0.001)
