# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: the library just built, and an emulator of the service."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datapanel import Client, Producer
    from emulator import Emulator

# Needs Spark, which its own tests have: Tests/spark.
collect_ignore = ["src/pyspark_datapanel.py"]

_BUILD = Path(__file__).parents[1] / "build"

# The package reads this one when it is imported, which no fixture comes before.
os.environ.setdefault("DP_LIBRARY", str(_BUILD / "lib" / "libdatapanel.so.1"))
os.environ.setdefault("EMULATOR", str(_BUILD / "bin" / "datapanel-emulator"))


def pytest_configure() -> None:
    """Refuse to run without either of them: a skipped suite would pass for a good one."""
    # What a script starts in its background ignores Ctrl-C, and so would our children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for variable in ("DP_LIBRARY", "EMULATOR"):
        if not Path(os.environ[variable]).is_file():
            raise pytest.UsageError(
                f"{os.environ[variable]} is missing: run `make lib emulator`, or name another in "
                f"{variable}"
            )
    command = Path(os.environ["EMULATOR"]).with_name("datapanel")
    if not command.is_file():
        raise pytest.UsageError(f"{command} is missing: run `make cli`")


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """Give one emulator for all tests."""
    from emulator import Emulator  # noqa: PLC0415

    with Emulator.start(os.environ["EMULATOR"]) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """Give an emulator that holds nothing and does what the service does."""
    running.reset()
    return running


@pytest.fixture
def client(emulator: Emulator) -> Iterator[Client]:
    """Give a client of the emulator, closed afterwards."""
    with emulator.client() as client:
        yield client


@pytest.fixture
def producer(emulator: Emulator) -> Iterator[Producer]:
    """Give a producer for the emulator, closed afterwards."""
    with emulator.producer() as producer:
        yield producer


@pytest.fixture(autouse=True)
def _environment(
    running: Emulator, doctest_namespace: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the examples in the documentation find the emulator."""
    doctest_namespace.update(endpoint=running.url, alerts=running.alerts)
    monkeypatch.setenv("DATAPANEL_ENDPOINT", running.url)
    monkeypatch.setenv("DATAPANEL_PROJECT_ID", running.project)
    monkeypatch.setenv("DATAPANEL_WORKSPACE_ID", running.workspace)
    monkeypatch.setenv("DATAPANEL_AUTH_TOKEN", running.token)
