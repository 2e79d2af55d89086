# SPDX-License-Identifier: Apache-2.0
"""Python values as JSON text, with one result whatever encoder is there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Callable


class UnfitError(ValueError):
    """JSON cannot hold the value; `path` tells where in it."""

    def __init__(self, fault: str, path: str = "") -> None:
        super().__init__(f"{path} {fault}".lstrip())
        self.path = path


def plain(value: Any) -> Any:
    """Return what stands for a value that JSON has no form for; TypeError when nothing does.

    >>> from types import MappingProxyType
    >>> from uuid import UUID
    >>> plain(MappingProxyType({"a": 1})), plain(UUID(int=0))
    ({'a': 1}, '00000000-0000-0000-0000-000000000000')
    """
    if isinstance(value, Mapping):
        return dict(value)
    kind = type(value)
    fields = getattr(kind, "__dataclass_fields__", None)
    if fields is not None:
        return {name: getattr(value, name) for name in _data_of(fields)}
    if hasattr(kind, "model_dump"):  # of pydantic, which writes NaN as null when it dumps JSON
        return value.model_dump(mode="json")
    if isinstance(value, Enum):
        return value.value
    if (kind.__module__, kind.__name__) == ("uuid", "UUID"):
        return str(value)
    raise TypeError(kind.__name__)


def _data_of(fields: dict[str, Any]) -> list[str]:
    """Return the names of a dataclass's fields, without what only looks like one."""
    return [
        name
        for name, field in fields.items()
        if getattr(field._field_type, "name", "_FIELD") == "_FIELD"  # noqa: SLF001
    ]


def utf8(text: str) -> bytes:
    """Return the text as UTF-8, or raise `UnfitError`."""
    try:
        return text.encode()
    except UnicodeEncodeError as failure:
        raise UnfitError(
            f"half a surrogate pair at character {failure.start}, which UTF-8 cannot hold"
        ) from None


def _load_and_dump(value: Any) -> bytes:
    global dumps  # noqa: PLW0603
    from . import _encoders  # noqa: PLC0415

    dumps = _encoders.dumps
    return dumps(value)


# Compact JSON of a value, or `UnfitError`. The encoder is loaded when it is first needed.
dumps: Callable[[Any], bytes] = _load_and_dump
