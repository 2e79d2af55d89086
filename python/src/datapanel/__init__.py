# SPDX-License-Identifier: Apache-2.0
"""Submit alerts, incidents and indicators to the SecMaster data panel.

>>> import datapanel
>>> with datapanel.Client.from_environment() as client:
...     reports = client.submit(alerts, {"title": "SSH brute force"}, name="edge-ids")
>>> reports[0].ok
True
"""

from ._ffi import lib as _lib
from ._objects import Object, Objects
from ._settings import Setting
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
    RejectedError,
    ThrottledError,
    TooLargeError,
    TransportError,
    UnconfirmedError,
)
from .report import Report

__all__ = [
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
    "RejectedError",
    "Report",
    "Setting",
    "Stored",
    "ThrottledError",
    "TooLargeError",
    "TransportError",
    "UnconfirmedError",
    "__version__",
    "library_version",
]


def library_version() -> str:
    """Return the version of the library in use.

    >>> library_version().count(".")
    2
    """
    version: bytes = _lib.dp_version()
    return version.decode()
