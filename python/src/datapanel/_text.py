# SPDX-License-Identifier: Apache-2.0
"""Text on its way into the library and out of it."""

from __future__ import annotations

from .codes import Code
from .errors import ConfigError, DatapanelError


def encoded(text: str, what: str, *, code: Code = Code.DP_E_ARGUMENT) -> bytes:
    """Return a text as the library takes it; a NUL would cut it short there without a word."""
    if not isinstance(text, str):
        raise TypeError(f"{what} must be str, not {type(text).__name__}")
    refused = ConfigError if code == Code.DP_E_CONFIG else DatapanelError
    try:
        data = text.encode()
    except UnicodeEncodeError as failure:
        fault = f"{what} holds half a surrogate pair at character {failure.start}"
        raise refused(fault, code=code, details={"key": what}) from None
    if b"\0" in data:
        fault = f"{what} holds a NUL character at byte {data.index(0)}"
        raise refused(fault, code=code, details={"key": what})
    return data


def decoded(text: bytes | None) -> str | None:
    """Return the library's text as str; it may quote a server that does not speak UTF-8."""
    return None if text is None else text.decode(errors="replace")
