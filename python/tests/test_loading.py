# SPDX-License-Identifier: Apache-2.0
"""Where the library is looked for, and what is said when it is not there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import datapanel

PACKAGE = Path(datapanel.__file__).parent
SHOW = "import datapanel; print(datapanel.library_version())"


def run(source: Path, library: str | None) -> subprocess.CompletedProcess[str]:
    """Import the package from a folder with this DP_LIBRARY."""
    environment = {**os.environ, "PYTHONPATH": str(source)}
    environment.pop("DP_LIBRARY", None)
    if library is not None:
        environment["DP_LIBRARY"] = library
    return subprocess.run(  # noqa: S603
        [sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, check=False
    )


def test_version_of_the_library() -> None:
    assert datapanel.library_version().split(".")[0] == datapanel.__version__.split(".")[0]


def test_chosen_library_is_loaded() -> None:
    ended = run(PACKAGE.parent, os.environ["DP_LIBRARY"])
    assert ended.stdout.strip() == datapanel.library_version(), ended.stderr


def test_library_beside_the_package_comes_first(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "datapanel")
    shutil.copy(os.environ["DP_LIBRARY"], tmp_path / "datapanel" / "libdatapanel.so.1")
    ended = run(tmp_path, "/no/such/library.so")
    assert ended.stdout.strip() == datapanel.library_version(), ended.stderr


def test_chosen_library_that_is_missing_is_not_replaced() -> None:
    ended = run(PACKAGE.parent, "/no/such/library.so")
    assert ended.returncode == 1
    assert f"{PACKAGE}/libdatapanel.so.1: " in ended.stderr
    assert "/no/such/library.so: " in ended.stderr
    assert "make lib" in ended.stderr
    assert "DP_LIBRARY" in ended.stderr


def test_library_that_is_another_one_is_refused() -> None:
    ended = run(PACKAGE.parent, "libc.so.6")
    assert ended.returncode == 1
    assert "ImportError: libc.so.6 has no dp_version: it is older than this package" in ended.stderr


def test_import_loads_nothing_that_a_client_can_do_without() -> None:
    program = (
        "import sys; before = set(sys.modules); import datapanel; "
        "print(*sorted(set(sys.modules) - before))"
    )
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-S", "-c", program],
        env={"PYTHONPATH": str(PACKAGE.parent), "DP_LIBRARY": os.environ["DP_LIBRARY"]},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ended.stdout.split())
    assert "datapanel.client" in loaded
    dear = {"asyncio", "concurrent.futures", "dataclasses", "inspect", "json", "logging", "orjson"}
    assert not loaded & {*dear, "datetime", "pathlib", "uuid"}


def test_every_name_is_there() -> None:
    assert set(datapanel.__all__) <= set(dir(datapanel))
    for name in datapanel.__all__:
        assert getattr(datapanel, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Consumer'"):
        datapanel.Consumer  # type: ignore[attr-defined]  # noqa: B018
