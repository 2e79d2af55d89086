# SPDX-License-Identifier: Apache-2.0
"""An object in any of the forms that callers have it in, as the bytes that will be sent."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, Union

from .codes import Code
from .errors import ObjectError

Object = Union[Mapping[str, Any], str, bytes, bytearray, memoryview]
Objects = Union[Object, Iterable[Object]]

_FORMS = (Mapping, str, bytes, bytearray, memoryview)

# What JSON has a scalar for, and what the encoder turns into a member name.
_SCALARS = (str, int, float, bool, type(None))

# Text beyond ASCII goes out as UTF-8, a third of the size of its escapes.
_dump = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def each(objects: Objects) -> Iterable[Object]:
    """Return the objects one by one, also when there is only one and it stands alone."""
    return (objects,) if isinstance(objects, _FORMS) else objects


def text_of(item: object, index: int) -> bytes:
    """Return the JSON text of the object at a position; text is taken exactly as it is.

    >>> text_of({"title": "überfall", "count": 2}, 0).decode()
    '{"title":"überfall","count":2}'
    >>> text_of(b' {"exact" : 1.50} ', 0)
    b' {"exact" : 1.50} '
    >>> text_of({"network_list": [{"latitude": float("nan")}]}, 3)
    Traceback (most recent call last):
    datapanel.errors.ObjectError: object 3: network_list[0].latitude is nan, which JSON cannot hold
    """
    if isinstance(item, bytes):
        return item
    if isinstance(item, (bytearray, memoryview)):
        return bytes(item)
    if isinstance(item, str):
        return _utf8(item, index)
    if isinstance(item, Mapping):
        return _utf8(_json(item, index), index)
    form = type(item).__name__
    raise _refused(index, f"{form} is no JSON object; give a dict, or JSON as bytes or str")


def _json(item: Mapping[str, Any], index: int) -> str:
    members = item if isinstance(item, dict) else dict(item)
    try:
        return _dump(members)
    except RecursionError:
        raise _refused(index, "nested too deep") from None
    except (TypeError, ValueError) as failure:
        path, fault = _first_fault(members)
        raise _refused(index, f"{path} {fault}".lstrip() or str(failure), path) from None


def _first_fault(item: dict[str, Any]) -> tuple[str, str]:
    """Find what JSON cannot hold, which the encoder refuses without telling where it stands."""
    waiting: list[tuple[str, Any]] = [("", item)]
    seen = set()
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, (dict, list, tuple)):
            if id(value) in seen:
                continue
            seen.add(id(value))
            inner: list[tuple[str, Any]]
            if isinstance(value, dict):
                names = [name for name in value if not isinstance(name, _SCALARS)]
                if names:
                    return path, f"has a member name of type {type(names[0]).__name__}"
                inner = [(f"{path}.{name}".lstrip("."), member) for name, member in value.items()]
            else:
                inner = [(f"{path}[{place}]", element) for place, element in enumerate(value)]
            waiting.extend(reversed(inner))
        elif isinstance(value, float) and not math.isfinite(value):
            return path, f"is {value}, which JSON cannot hold"
        elif not isinstance(value, _SCALARS):
            return path, f"is of type {type(value).__name__}, which JSON cannot hold"
    return "", ""


def _utf8(text: str, index: int) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as failure:
        fault = f"half a surrogate pair at character {failure.start}, which UTF-8 cannot hold"
        raise _refused(index, fault) from None


def _refused(index: int, fault: str, path: str = "") -> ObjectError:
    details = {"key": path} if path else {}
    return ObjectError(
        f"object {index}: {fault}", code=Code.DP_E_JSON, index=index, details=details
    )
