# SPDX-License-Identifier: Apache-2.0
"""A wheel stands on its own: it needs no library of the system but that of C."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import datapanel
import pytest
from datapanel import Client, Code, TransportError

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(datapanel.__file__).parent
SYSTEM = {"libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1"}
SEND = """
import sys
from datapanel import Client
with Client(endpoint=sys.argv[1], project_id="p", workspace_id="w", auth_token="t") as client:
    print(client.submit("target", [{"n": 1}])[0].id)
"""


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that is its own authority, and its key."""
    made, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(made)]
    subprocess.run(command, check=True, capture_output=True)
    return made, key


class Service(BaseHTTPRequestHandler):
    """Stores everything, and forgets it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ids = [{"id": f"id-{n}"} for n in range(len(body["data_object"]))]
        answer = json.dumps(ids).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}"
        self.wfile.write(head.encode() + b"\r\n\r\n" + answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("tls"), "service")[0]


@pytest.fixture(scope="module")
def url(authority: Path) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, authority.with_suffix(".key"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def client(url: str, **settings: Any) -> Client:
    mine = {"project_id": "p", "workspace_id": "w", "auth_token": "t", **settings}
    return Client(endpoint=url, **mine)


def test_library_is_the_one_of_the_wheel() -> None:
    assert "site-packages" in HERE.parts
    assert (HERE / "libdatapanel.so.1").is_file()


def test_spark_would_find_its_module() -> None:
    found = find_spec("pyspark_datapanel")
    assert found is not None
    assert found.origin == str(HERE.parent / "pyspark_datapanel.py")


def libraries(statement: str) -> set[Path]:
    """Return the libraries of a process after it did this."""
    show = f"{statement}; print(open('/proc/self/maps').read())"
    command = [sys.executable, "-c", show]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    files = {Path(line.split()[-1]) for line in ended.stdout.splitlines() if ".so" in line}
    return {file for file in files if "lib-dynload" not in file.parts}


def test_nothing_of_the_system_is_used_but_the_c_library() -> None:
    added = libraries("import datapanel") - libraries("import ctypes, json, weakref")
    ours = {file for file in added if file.is_relative_to(HERE.parent)}
    assert {re.split("[-.]", file.name)[0] for file in ours} == {
        "libdatapanel",
        "libcurl",
        "libjansson",
        "libcrypto",
        "libssl",
    }
    assert {file.name for file in added - ours} <= SYSTEM


def test_private_authority_is_trusted_when_it_is_named(url: str, authority: Path) -> None:
    with client(url, tls_ca_file=authority) as service:
        assert service.submit("target", [{"n": 1}])[0].id == "id-0"


def test_other_authority_is_refused(url: str, tmp_path: Path) -> None:
    other, _ = certificate(tmp_path, "other")
    with client(url, tls_ca_file=other) as service, pytest.raises(TransportError) as caught:
        service.submit("target", [{"n": 1}])
    assert caught.value.code == Code.DP_E_TLS_VERIFY


def test_authorities_of_the_system_do_not_know_a_stranger(url: str) -> None:
    with client(url) as service, pytest.raises(TransportError) as caught:
        service.submit("target", [{"n": 1}])
    assert caught.value.code == Code.DP_E_TLS_VERIFY
    assert "self" in str(caught.value)


def test_what_python_trusts_is_trusted_here(url: str, authority: Path) -> None:
    environment = {**os.environ, "SSL_CERT_FILE": str(authority)}
    ended = subprocess.run(
        [sys.executable, "-c", SEND, url],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout.strip() == "id-0", ended.stderr
