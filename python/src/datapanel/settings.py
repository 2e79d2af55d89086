# SPDX-License-Identifier: Apache-2.0
"""Settings: keywords here, keys in the library, which alone knows what they mean."""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping
from ctypes import string_at
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Union

from . import _log
from ._failure import Failure
from ._ffi import is_bundled, lib
from ._handle import owned
from ._text import encoded
from .codes import Code
from .errors import ConfigError, DatapanelError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from typing import NoReturn

    from typing_extensions import Self

Setting = Union[str, int, float, "timedelta", "os.PathLike[str]", None]

# Keywords, a file, or None for the environment.
Source = Union[Mapping[str, Setting], str, None]


class SettingInfo(NamedTuple):
    """A setting, as the library describes it."""

    keyword: str
    """What it is called in Python, `"request_timeout"`."""
    key: str
    """What it is called elsewhere, `"request.timeout"`."""
    type: str
    """`"text"`, `"secret"`, `"url"`, `"duration"`, `"size"`, `"count"`, `"flag"`, `"choice"`..."""
    range: str
    """The values it takes, in words."""
    default: str
    """The value when nobody sets it."""
    secret: bool
    """Whether it is never shown."""
    runtime: bool
    """Whether `set` can change it in use."""
    environment: str
    """The variable that sets it."""
    doc: str
    """What it means."""


@lru_cache(maxsize=1)
def _described() -> dict[str, SettingInfo]:
    """Return every setting under its keyword; a key may have an underscore of its own."""
    import json  # noqa: PLC0415

    with owned(lib.dp_config_describe(), lib.dp_free) as text:
        described = json.loads(string_at(text))
    settings = {}
    for one in described:
        keyword = one["key"].replace(".", "_")
        known = {name: one[name] for name in SettingInfo._fields if name in one}
        settings[keyword] = SettingInfo(keyword=keyword, **known)
    return settings


def apply(settings: Mapping[str, Setting], setter: Any, handle: Any) -> None:
    """Hand each setting that is not None to dp_config_set, dp_client_set or dp_producer_set."""
    with Failure() as failure:
        for keyword, value in settings.items():
            if value is None:
                continue
            known = _described().get(keyword)
            # The library refuses a key that it does not know, and names the nearest one.
            key = known.key if known else keyword.replace("_", ".")
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


class Settings(Mapping[str, str]):
    """Settings for any number of clients and producers; unchangeable once made.

    Each setting of the library is a keyword, with `_` for `.`:

    >>> settings = Settings(endpoint="https://panel.example.com", auth_token="secret", linger="1s")
    >>> settings["linger"], settings["auth_token"], settings["batch_objects"]
    ('1s', '[redacted]', '100')

    It is a mapping of all keywords to the values in force, secrets left out of sight.
    """

    __slots__ = ("__weakref__", "_config", "_free", "_sources")

    def __init__(self, **settings: Setting) -> None:
        """Take settings as keywords; None leaves one as it is.

        Raises `ConfigError` for one that is unknown or out of range. What is missing, and what
        clashes, is found when a client or a producer is made.
        """
        self._load([settings])

    @classmethod
    def from_environment(cls, **settings: Setting) -> Self:
        """Read DATAPANEL_ENDPOINT, DATAPANEL_PROJECT_ID and so on; keywords go before them.

        >>> Settings.from_environment(linger="50ms")["linger"]
        '50ms'
        """
        return cls._of([None, settings])

    @classmethod
    def from_file(cls, path: str | os.PathLike[str], **settings: Setting) -> Self:
        """Read a file of `key = value` lines; keywords go before it."""
        return cls._of([os.fspath(path), settings])

    def replace(self, **settings: Setting) -> Self:
        """Return settings with these changes; environment and files are read again.

        >>> Settings(linger="1s").replace(linger="2s")["linger"]
        '2s'
        """
        return self._of([*self._sources, settings])

    @staticmethod
    def describe() -> list[SettingInfo]:
        """Return what there is to set, in the order of the documentation.

        >>> [setting.keyword for setting in Settings.describe() if setting.secret][:2]
        ['auth_token', 'auth_password']
        """
        return list(_described().values())

    @classmethod
    def _of(cls, sources: list[Source]) -> Self:
        settings = cls.__new__(cls)
        settings._load(sources)  # noqa: SLF001
        return settings

    def _load(self, sources: list[Source]) -> None:
        self._sources = sources
        self._config = lib.dp_config_new()
        if not self._config:
            raise DatapanelError("memory ran out", code=Code.DP_E_NOMEM)
        self._free = weakref.finalize(self, lib.dp_config_free, self._config)
        self._free.atexit = False
        lib.dp_config_set_log(self._config, _log.function, None)
        for source in sources:
            if isinstance(source, Mapping):
                apply(source, lib.dp_config_set, self._config)
                continue
            path = None if source is None else encoded(source, "path", code=Code.DP_E_CONFIG)
            with Failure() as failure:
                failure.check(lib.dp_config_load(self._config, path, failure.out))
        if is_bundled:
            from . import _trust  # noqa: PLC0415

            _trust.complete(self._config)

    def __getitem__(self, keyword: str) -> str:
        """Return the value in force."""
        value: bytes | None = lib.dp_config_get(self._config, _described()[keyword].key.encode())
        return "" if value is None else value.decode()

    def __iter__(self) -> Iterator[str]:
        """Go through all keywords."""
        return iter(_described())

    def __len__(self) -> int:
        """Return how many settings there are."""
        return len(_described())

    def __repr__(self) -> str:
        """Show what is not as it is by default."""
        changed = (
            f"{info.keyword}={self[info.keyword]!r}"
            for info in _described().values()
            if self[info.keyword] != info.default
        )
        return f"Settings({', '.join(changed)})"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled: that would write secrets down."""
        raise TypeError("settings hold secrets and are not pickled; make them where they are used")


def _text_of(value: Any) -> str:
    """Return the value as the library reads it.

    >>> from datetime import timedelta
    >>> _text_of(True), _text_of(timedelta(seconds=1.5)), _text_of(5), _text_of("64KiB")
    ('true', '1500ms', '5', '64KiB')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if hasattr(value, "total_seconds"):
        return f"{round(value.total_seconds() * 1000)}ms"
    if isinstance(value, (int, float)):
        return str(value)
    return os.fspath(value)  # type: ignore[no-any-return]


def handle_of(settings: Settings) -> Any:
    """Return the dp_config, which lives as long as the settings do."""
    return settings._config  # noqa: SLF001


def chosen(settings: Settings | None, keywords: Mapping[str, Setting]) -> Settings:
    """Return what a constructor was given: settings, keywords, or keywords on top of settings."""
    if settings is None:
        return Settings(**keywords)
    if not isinstance(settings, Settings):
        raise TypeError(f"settings must be Settings or keywords, not {type(settings).__name__}")
    return settings.replace(**keywords) if keywords else settings
