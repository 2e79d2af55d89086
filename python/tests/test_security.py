# SPDX-License-Identifier: Apache-2.0
"""What SECURITY.md claims of the wire: what is sent to whom, and what a hostile server gains."""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import DatapanelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emulator import Emulator

TOKEN = b"emulator-token"
STORED = b'[{"id":"x"}]'
UNPACKED = 64 << 20

# As old as OpenSSL allows, so that what is offered is the library's own choice.
LOWERED = """\
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = old
[old]
MinProtocol = TLSv1
CipherString = DEFAULT@SECLEVEL=0
"""

CONNECT = """\
import sys
from datapanel import Client, DatapanelError
with Client(endpoint=sys.argv[1], project_id="p", workspace_id="w", auth_token="t") as client:
    try:
        client.submit("t", [{}], timeout=1)
    except DatapanelError:
        pass
"""


class Server:
    """A server on loopback that answers each connection once, and keeps what it was sent."""

    def __init__(self, listener: socket.socket, reply: bytes) -> None:
        """Begin to serve."""
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self.url = f"http://{self.address}"
        self.seen: list[bytes] = []
        self._listener = listener
        self._reply = reply
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the test is over
                return
            with connection:
                self.seen.append(self._request(connection))
                try:
                    connection.sendall(self._reply)
                except OSError:  # the client has had enough
                    continue

    @staticmethod
    def _request(connection: socket.socket) -> bytes:
        """Read a head and its body, or what comes first of anything else."""
        data = connection.recv(1 << 16)
        while data[:1] in {b"P", b"C"} and b"\r\n\r\n" not in data:
            data += connection.recv(1 << 16)
        length = re.search(rb"\r\nContent-Length: (\d+)", data)
        wanted = data.find(b"\r\n\r\n") + 4 + int(length[1]) if length else 0
        while len(data) < wanted:
            data += connection.recv(1 << 16)
        return data


@contextmanager
def serving(head: bytes, body: bytes = b"") -> Iterator[Server]:
    """Serve one reply, whose head has no end yet."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        reply = b"HTTP/1.1 " + head + b"\r\nConnection: close\r\n\r\n" + body
        try:
            yield Server(listener, reply)
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def failure_of(emulator: Emulator, **settings: Any) -> DatapanelError:
    """Submit one object and return what was said of it."""
    with emulator.client(**settings) as client, pytest.raises(DatapanelError) as caught:
        client.submit(emulator.alerts, [{"n": 1}], timeout=5)
    return caught.value


def bomb() -> bytes:
    """Return a reply of 64 MiB in 64 KiB."""
    return gzip.compress(STORED + b" " * UNPACKED)


def test_no_compressed_reply_is_asked_for(emulator: Emulator) -> None:
    with serving(b"200 OK\r\nContent-Type: application/json", STORED) as server:
        with emulator.client(endpoint=server.url) as client:
            assert client.submit(emulator.alerts, [{"n": 1}])[0].id == "x"
        head = server.seen[0].lower()
        assert b"x-auth-token: " + TOKEN in head
        assert b"encoding" not in head
        assert b"\r\nte:" not in head


def test_unasked_content_encoding_is_not_unpacked(emulator: Emulator) -> None:
    head = b"200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip"
    with serving(head, gzip.compress(STORED)) as server:
        failure = failure_of(emulator, endpoint=server.url)
        assert failure.code_name == "DP_E_REPLY"
        assert failure.stored.name == "MAYBE"
    with serving(head, bomb()) as server:  # packed it is below reply.bytes
        failure = failure_of(emulator, endpoint=server.url, reply_bytes="1MiB")
        assert "reply.bytes" not in str(failure)


def test_unasked_transfer_encoding_is_bounded(emulator: Emulator) -> None:
    """A libcurl may unpack it all the same, as 7.88 does."""
    head = b"200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: gzip"
    with serving(head, bomb()) as server:
        failure = failure_of(emulator, endpoint=server.url, reply_bytes="64KiB")
        assert failure.code_name == "DP_E_REPLY"
        assert failure.stored.name == "MAYBE"
        assert len(failure.reply or "") <= 4096 + len("…")


def test_endless_head_ends_the_call(emulator: Emulator) -> None:
    with serving(b"200 OK" + b"\r\nX-Filler: " + b"x" * 1000 * 1000) as server:
        assert failure_of(emulator, endpoint=server.url).stored.name == "MAYBE"
    with serving(b"200 OK" + b"\r\nX-Filler: xxxxxxxx" * 100_000) as server:
        assert failure_of(emulator, endpoint=server.url).stored.name == "MAYBE"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_takes_no_token_elsewhere(emulator: Emulator, status: int) -> None:
    with serving(b"200 OK", STORED) as other:
        head = b"%d Moved\r\nContent-Length: 0\r\nLocation: " % status + other.url.encode()
        with serving(head) as server:
            assert failure_of(emulator, endpoint=server.url).code_name == "DP_E_ENDPOINT"
        assert other.seen == []


def test_proxy_gets_no_token_of_a_tls_call(emulator: Emulator) -> None:
    with serving(b"403 Forbidden\r\nContent-Length: 0") as proxy:
        failure = failure_of(emulator, endpoint="https://panel.example.com", proxy=proxy.url)
        assert failure.code_name == "DP_E_PROXY"
        assert proxy.seen[0].startswith(b"CONNECT panel.example.com:443 ")
        assert TOKEN not in b"".join(proxy.seen)


def test_proxy_of_the_environment_is_asked_only_when_meant(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(b"403 Forbidden\r\nContent-Length: 0") as proxy:
        for name in ("http_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        with emulator.client() as client:
            assert client.submit(emulator.alerts, [{"n": 1}])[0].ok
        assert proxy.seen == []
        failure_of(emulator, proxy="environment")
        assert len(proxy.seen) == 1


def test_what_a_server_says_cannot_steer_a_terminal(emulator: Emulator) -> None:
    said = "a\x1b[2Jb\x9b2Jc\u202ed\u2028e\u2066f"
    body = ('{"code":"X.1","message":"' + said.replace("\x1b", "\\u001b") + '"}').encode()
    with serving(b"400 Bad\r\nContent-Type: application/json", body) as server:
        failure = failure_of(emulator, endpoint=server.url)
    assert failure.server_message == "a [2Jb 2Jc d e f"
    assert "a [2Jb 2Jc d e f" in str(failure)


@pytest.mark.parametrize("status", [b"200 OK", b"400 Bad", b"302 Found"])
def test_token_that_a_server_repeats_is_hidden(emulator: Emulator, status: bytes) -> None:
    token = "secret-" + "x" * 3000  # cut short where it is shown
    head = status + b"\r\nContent-Type: application/json"
    head += b"\r\nLocation: http://127.0.0.1:9/?t=" + token.encode()
    head += b"\r\nX-Request-Id: " + token.encode()
    for name in ("message", "code", "request_id"):
        said = {"code": "X.1", "message": "m", "request_id": "r"} | {name: f"not {token}!"}
        with serving(head, json.dumps(said).encode()) as server:
            failure = failure_of(emulator, endpoint=server.url, auth_token=token)
        shown = [str(failure), failure.server_message, failure.server_code]
        shown += [failure.request_id, failure.reply]
        assert token[:16] not in " ".join(map(str, shown))
        assert "[redacted]" in " ".join(map(str, shown))


def test_what_a_server_says_is_cut(emulator: Emulator) -> None:
    body = b'{"code":"' + b"c" * 100_000 + b'","message":"' + b"m" * 100_000 + b'"}'
    with serving(b"400 Bad\r\nContent-Type: application/json", body) as server:
        failure = failure_of(emulator, endpoint=server.url)
    assert failure.server_message == "m" * 1024 + "…"
    assert failure.server_code == "c" * 1024 + "…"
    assert len(str(failure)) < 4096


def test_file_of_keys_is_bounded(
    emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"#" * ((1 << 20) + 1))
    for path, flaw in ((str(large), "is above 1MiB"), ("/dev/zero", "is no regular file")):
        monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", path)
        with pytest.raises(DatapanelError, match=flaw):
            emulator.client(auth="default", auth_token="")


def offered(hello: bytes) -> list[str]:
    """Return the versions of TLS in a ClientHello's extension supported_versions."""
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at : at + 2], "big")
    at += 1 + hello[at] + 2
    while at < len(hello):
        kind, size = (int.from_bytes(hello[at + n : at + n + 2], "big") for n in (0, 2))
        if kind == 43:
            listed = hello[at + 5 : at + 4 + size]
            return [listed[n : n + 2].hex() for n in range(0, len(listed), 2)]
        at += 4 + size
    return ["none"]


def test_no_tls_below_1_2_is_offered(tmp_path: Path) -> None:
    lowered = tmp_path / "openssl.cnf"
    lowered.write_text(LOWERED)
    paths = [path for path in sys.path if path]
    environment = {**os.environ, "OPENSSL_CONF": str(lowered), "PYTHONPATH": ":".join(paths)}
    with serving(b"") as server:
        subprocess.run(  # noqa: S603
            [sys.executable, "-c", CONNECT, f"https://{server.address}"],
            check=True, env=environment, timeout=20,
        )  # fmt: skip
        assert server.seen
        for hello in server.seen:
            assert offered(hello) == ["0304", "0303"]
