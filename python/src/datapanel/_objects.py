# SPDX-License-Identifier: Apache-2.0
"""An object in any of the forms that callers have it in, as the bytes that will be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Union

from . import _dumps
from .codes import Code
from .errors import ObjectError

if TYPE_CHECKING:
    from typing import ClassVar, Protocol

    class Dataclass(Protocol):
        """An instance of any dataclass."""

        __dataclass_fields__: ClassVar[dict[str, Any]]

    class Model(Protocol):
        """A model of pydantic."""

        def model_dump(self, *, mode: str) -> dict[str, Any]:
            """Return the model as a dict."""


Text = Union[str, bytes, bytearray, memoryview]
Object = Union[Mapping[str, Any], Text, "Dataclass", "Model"]
Objects = Union[Object, Iterable[Object]]


def is_one(objects: object) -> bool:
    """Whether this is one object, and not an iterable of them."""
    kind = type(objects)
    return isinstance(objects, (Mapping, str, bytes, bytearray, memoryview)) or (
        hasattr(kind, "__dataclass_fields__") or hasattr(kind, "model_dump")
    )


def each(objects: Objects) -> Iterable[Object]:
    """Return the objects one by one, also when there is only one and it stands alone."""
    return (objects,) if is_one(objects) else objects  # type: ignore[return-value]


def text_of(item: object, index: int | None = None) -> bytes:
    """Return the JSON text of the object at a position; text is taken exactly as it is.

    >>> text_of({"title": "überfall", "count": 2}).decode()
    '{"title":"überfall","count":2}'
    >>> text_of(b' {"exact" : 1.50} ')
    b' {"exact" : 1.50} '
    >>> text_of({"network_list": [{"latitude": float("nan")}]}, 3)
    Traceback (most recent call last):
    datapanel.errors.ObjectError: object 3: network_list[0].latitude is nan, which JSON cannot hold
    """
    if type(item) is bytes:
        return item
    try:
        return _dumps.dumps(item) if type(item) is dict else _text_of(item)
    except _dumps.UnfitError as unfit:
        raise refused(str(unfit), index, unfit.path) from None


def _text_of(item: object) -> bytes:
    if isinstance(item, dict):
        return _dumps.dumps(item)
    if isinstance(item, str):
        return _dumps.utf8(item)
    if isinstance(item, (bytes, bytearray, memoryview)):
        return bytes(item)
    if is_one(item) and not isinstance(item, type):
        return _dumps.dumps(_dumps.plain(item))
    raise _dumps.UnfitError(
        f"{type(item).__name__} is no JSON object; give a dict, a dataclass, a model of pydantic, "
        "or JSON as bytes or str"
    )


def refused(fault: str, index: int | None, path: str = "") -> ObjectError:
    """Return the error about an object that never reached the library."""
    message = fault if index is None else f"object {index}: {fault}"
    details = {"key": path} if path else {}
    return ObjectError(message, code=Code.DP_E_JSON, index=index, details=details)
