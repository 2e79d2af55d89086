# SPDX-License-Identifier: Apache-2.0
"""The encoders: orjson where it is installed, else json.

orjson takes less than the standard library does in some places, and more in others. What it refuses
goes to `json`, which has the last word; NaN, which it writes as null, is looked for.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Callable

from ._dumps import UnfitError, plain, utf8

if TYPE_CHECKING:
    from collections.abc import Iterable

try:
    import orjson
except ImportError:
    orjson = None  # type: ignore[assignment]

# What JSON has a scalar for, and what the encoder turns into a member name.
_SCALARS = (str, int, float, bool, type(None))

# Text beyond ASCII goes out as UTF-8, a third of the size of its escapes.
_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=plain
)


def _chunks_of(value: Any, _: int) -> tuple[str, ...]:
    return (_encoder.encode(value),)


_make_encoder = getattr(json.encoder, "c_make_encoder", None)
if _make_encoder is not None:
    # What `encode` makes anew for each call. It looks for no circle, and fails on its depth.
    _chunks_of = _make_encoder(
        None, plain, json.encoder.encode_basestring, None, ":", ",", *[False] * 3
    )


def dumps_json(value: Any) -> bytes:
    """Return compact JSON, or raise `UnfitError`."""
    try:
        return "".join(_chunks_of(value, 0)).encode()
    except (RecursionError, TypeError, ValueError):
        return _dumps_slowly(value)


def _dumps_slowly(value: Any) -> bytes:
    """Say what is wrong with a value."""
    try:
        text = _encoder.encode(value)
    except RecursionError:
        raise UnfitError("nested too deep") from None
    except (TypeError, ValueError) as failure:
        raise _first_fault(value) or UnfitError(str(failure)) from None
    return utf8(text)


def dumps_orjson(value: Any) -> bytes:
    try:
        text: bytes = orjson.dumps(value, plain, _PASSED_ON)
    except TypeError:  # of what `json` may take, and refuses with the place
        return dumps_json(value)
    # NaN and infinities come out as null: where there is none, there was none of them.
    if b"null" in text and _has_nan((value,)):
        return dumps_json(value)
    return text


dumps: Callable[[Any], bytes] = dumps_json
if orjson is not None:
    _PASSED_ON = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
    dumps = dumps_orjson


def _has_nan(values: Iterable[Any]) -> bool:
    """Whether one is NaN or infinite, in depth; True of what only `json` can tell."""
    for value in values:
        kind = type(value)
        if kind is str or kind is int or value is None or kind is bool:
            continue
        if kind is float:
            if not math.isfinite(value):
                return True
        elif kind is dict:
            if _has_nan(value.values()):
                return True
        elif kind is not list or _has_nan(value):
            return True
    return False


def _first_fault(item: Any) -> UnfitError | None:
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
                    return UnfitError(f"has a member name of type {type(names[0]).__name__}", path)
                inner = [(f"{path}.{name}".lstrip("."), member) for name, member in value.items()]
            else:
                inner = [(f"{path}[{place}]", element) for place, element in enumerate(value)]
            waiting.extend(reversed(inner))
        elif isinstance(value, float) and not math.isfinite(value):
            return UnfitError(f"is {value}, which JSON cannot hold", path)
        elif not isinstance(value, _SCALARS):
            try:
                waiting.append((path, plain(value)))
            except TypeError:
                return UnfitError(
                    f"is of type {type(value).__name__}, which JSON cannot hold", path
                )
    return None
