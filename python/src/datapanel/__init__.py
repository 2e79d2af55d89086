# SPDX-License-Identifier: Apache-2.0
"""Submit alerts, incidents and indicators to the SecMaster data panel.

>>> import datapanel
>>> with datapanel.Client.from_environment() as client:
...     reports = client.submit(alerts, {"title": "SSH brute force"}, name="edge-ids")
>>> reports[0].ok
True

`Client` submits one request and waits for its outcome. `Producer` takes a stream of objects, and
`AsyncProducer` does so in an event loop of asyncio.
"""

from typing import TYPE_CHECKING

from ._ffi import lib as _lib
from ._objects import Object, Objects
from ._version import __version__
from .client import Client
from .codes import Code, Stored
from .errors import (
    AuthError,
    ClosedError,
    ConfigError,
    DatapanelError,
    ForkedError,
    ObjectError,
    QueueFullError,
    RejectedError,
    SpoolError,
    ThrottledError,
    TooLargeError,
    TransportError,
    UnconfirmedError,
    WaitError,
)
from .report import Report
from .settings import Setting, SettingInfo, Settings

if TYPE_CHECKING:
    from ._core import Queued
    from ._stream import Taken
    from .aio import AsyncProducer
    from .producer import Producer, ReportFuture

__all__ = [
    "AsyncProducer",
    "AuthError",
    "Client",
    "ClosedError",
    "Code",
    "ConfigError",
    "DatapanelError",
    "ForkedError",
    "Object",
    "ObjectError",
    "Objects",
    "Producer",
    "QueueFullError",
    "Queued",
    "RejectedError",
    "Report",
    "ReportFuture",
    "Setting",
    "SettingInfo",
    "Settings",
    "SpoolError",
    "Stored",
    "Taken",
    "ThrottledError",
    "TooLargeError",
    "TransportError",
    "UnconfirmedError",
    "WaitError",
    "__version__",
    "library_version",
]

# What a program that only has a client would load for nothing: threads, logging, asyncio.
_LATER = {
    "AsyncProducer": "aio",
    "Producer": "producer",
    "Queued": "_core",
    "ReportFuture": "producer",
    "Taken": "_stream",
}


if not TYPE_CHECKING:  # or every name would seem to be there

    def __getattr__(name: str) -> object:
        """Load a module when one of its names is first asked for."""
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415

        found: object = getattr(import_module(f".{_LATER[name]}", __name__), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


def library_version() -> str:
    """Return the version of the library in use.

    >>> library_version().count(".")
    2
    """
    version: bytes = _lib.dp_version()
    return version.decode()
