# SPDX-License-Identifier: Apache-2.0
"""How long it takes to load the library."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from findings import Finding, at_most
from measure import Place, facts, fail, process

LIBCURL = "libcurl.so.4"
PROCESSES = 51


@dataclass(frozen=True)
class Loading:
    """Milliseconds of wall time: libcurl's load, then what comes on top; one of each process."""

    libcurl_ms: Sequence[float]
    libdatapanel_ms: Sequence[float]


def measure_loading(place: Place, library: Path, version: str) -> Loading:
    libcurl: list[float] = []
    libdatapanel: list[float] = []
    for _ in range(PROCESSES):
        command = [str(place.programs / "load"), LIBCURL, str(library)]
        said = facts(process(command, place.environment)[0])
        if said["version"] != version:
            fail(f"{library} says it is {said['version']}, and pkg-config says {version}")
        libcurl.append(float(said["libcurl_us"]) / 1e3)
        libdatapanel.append(float(said["libdatapanel_us"]) / 1e3)
    return Loading(libcurl, libdatapanel)


def judge_loading(loading: Loading) -> Finding:
    on_top = median(loading.libdatapanel_ms)
    return at_most("dlopen + dp_version after libcurl's load", on_top, 2, "ms")
