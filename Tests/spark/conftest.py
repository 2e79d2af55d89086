# SPDX-License-Identifier: Apache-2.0
"""What the tests stand on: an emulator, and one session with two cores that runs a task again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import cluster
import pytest
from emulator import Emulator
from session import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

# What processes of Spark find that this one starts.
os.environ.update(cluster.environment())


@pytest.fixture(scope="session")
def running() -> Iterator[Emulator]:
    """Give one emulator for all tests, and its token to the workers."""
    with Emulator.start(os.environ["EMULATOR"]) as emulator:
        os.environ["DATAPANEL_AUTH_TOKEN"] = emulator.token
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """Give an emulator that holds nothing and does what the service does."""
    running.reset()
    return running


@pytest.fixture(scope="session")
def spark(running: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """Give a session whose tasks are tried four times."""
    assert running
    made = session("local[2,4]", tmp_path_factory.mktemp("spark"))
    yield made
    made.stop()


@pytest.fixture
def options(emulator: Emulator) -> dict[str, str]:
    """Give the options that say where the emulator is."""
    return {
        "target": emulator.alerts,
        "endpoint": emulator.url,
        "project.id": emulator.project,
        "workspace.id": emulator.workspace,
    }
