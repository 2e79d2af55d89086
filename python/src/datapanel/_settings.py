# SPDX-License-Identifier: Apache-2.0
"""Settings: keywords here, keys in the library, which alone knows what they mean."""

from __future__ import annotations

import json
import os
from ctypes import string_at
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Union

from . import _trust
from ._failure import Failure
from ._ffi import lib
from ._handle import owned
from ._text import encoded
from .codes import Code
from .errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

Setting = Union[str, int, float, timedelta, "os.PathLike[str]", None]


@lru_cache(maxsize=1)
def _keys() -> dict[str, str]:
    """Return the key for each keyword; a key may have an underscore of its own."""
    with owned(lib.dp_config_describe(), lib.dp_free) as text:
        described = json.loads(string_at(text))
    return {setting["key"].replace(".", "_"): setting["key"] for setting in described}


def apply(settings: Mapping[str, Setting], setter: Any, handle: Any) -> None:
    """Hand each setting that is not None to dp_config_set or dp_client_set."""
    with Failure() as failure:
        for keyword, value in settings.items():
            if value is None:
                continue
            known = _keys().get(keyword)
            # The library refuses a key that it does not know, and names the nearest one.
            key = known or keyword.replace("_", ".")
            code = setter(
                handle,
                encoded(key, "a keyword", code=Code.DP_E_CONFIG),
                encoded(_text_of(value), key, code=Code.DP_E_CONFIG),
                failure.out,
            )
            if code != Code.DP_OK and known is None:
                found = failure.exception(code)
                raise ConfigError(
                    f"unknown keyword {keyword!r}, which stands for a setting with '_' for '.': "
                    f"{found}",
                    code=code,
                    details={"key": keyword},
                )
            failure.check(code)


def new_client(settings: Mapping[str, Setting], *, environment: bool) -> Any:
    """Return a dp_client, owned, with these settings over those of the environment, if asked."""
    with owned(lib.dp_config_new(), lib.dp_config_free) as config, Failure() as failure:
        if environment:
            failure.check(lib.dp_config_load(config, None, failure.out))
        apply(settings, lib.dp_config_set, config)
        _trust.complete(config)
        client = lib.dp_client_new(config, failure.out)
        if not client:
            raise failure.exception()
        return client


def _text_of(value: object) -> str:
    """Return the value as the library reads it.

    >>> _text_of(True), _text_of(timedelta(seconds=1.5)), _text_of(5), _text_of("64KiB")
    ('true', '1500ms', '5', '64KiB')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return f"{value // timedelta(milliseconds=1)}ms"
    if isinstance(value, (int, float)):
        return str(value)
    return os.fspath(value)  # type: ignore[call-overload, no-any-return]
