# SPDX-License-Identifier: Apache-2.0
"""What callers have in hand becomes the bytes that are sent, or an error that says where."""

from __future__ import annotations

import collections
from datetime import datetime, timezone
from types import MappingProxyType
from typing import Any

import pytest

from datapanel import Code, ObjectError
from datapanel._objects import each, text_of

EXACT = '{ "n" : 1.50, "é" : "\\u00e9" }'


@pytest.mark.parametrize(
    "given",
    [
        EXACT,
        EXACT.encode(),
        bytearray(EXACT.encode()),
        memoryview(EXACT.encode()),
        memoryview(EXACT.encode()[::-1])[::-1],
    ],
    ids=["str", "bytes", "bytearray", "memoryview", "strided"],
)
def test_text_is_taken_as_it_is(given: Any) -> None:
    assert text_of(given, 0) == EXACT.encode()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "{}"),
        ({"a": [1, None, True]}, '{"a":[1,null,true]}'),
        ({"ключ": "🔑"}, '{"ключ":"🔑"}'),
        ({"big": 2**64}, '{"big":18446744073709551616}'),
        (collections.OrderedDict(z=1, a=2), '{"z":1,"a":2}'),
        (MappingProxyType({"a": 1}), '{"a":1}'),
    ],
)
def test_mapping_becomes_compact_json(given: Any, expected: str) -> None:
    assert text_of(given, 0) == expected.encode()


def _circular() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = [value]
    return value


def _deep() -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(200_000):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("given", "key", "message"),
    [
        ({"a": {"b": [0, float("nan")]}}, "a.b[1]", "a.b[1] is nan, which JSON cannot hold"),
        ({"x": float("-inf")}, "x", "x is -inf, which JSON cannot hold"),
        ({"t": datetime.now(timezone.utc)}, "t", "t is of type datetime, which JSON cannot hold"),
        ({"a": [{}, {(1, 2): 3}]}, "a[1]", "a[1] has a member name of type tuple"),
        ({(1, 2): 3}, None, "has a member name of type tuple"),
        ({float("nan"): 1}, None, "Out of range float"),
        (_circular(), None, "Circular reference detected"),
        (_deep(), None, "nested too deep"),
        ({"s": "\ud83d"}, None, "half a surrogate pair at character 6"),
        ('{"s":"\ud83d"}', None, "half a surrogate pair at character 6"),
        (17, None, "int is no JSON object; give a dict, a dataclass, a model of pydantic"),
        (None, None, "NoneType is no JSON object"),
        ([{"a": 1}], None, "list is no JSON object"),
    ],
)
def test_fault_is_named_with_its_place(given: Any, key: str | None, message: str) -> None:
    with pytest.raises(ObjectError) as caught:
        text_of(given, 12)
    assert str(caught.value).startswith(f"object 12: {message}")
    assert (caught.value.index, caught.value.key) == (12, key)
    assert caught.value.code == Code.DP_E_JSON
    assert caught.value.reports == []


@pytest.mark.parametrize("one", [{"a": 1}, b"{}", "{}", bytearray(b"{}"), memoryview(b"{}")])
def test_single_object_needs_no_list(one: Any) -> None:
    assert list(each(one)) == [one]


def test_any_iterable_gives_its_objects() -> None:
    assert list(each({"n": n} for n in range(3))) == [{"n": 0}, {"n": 1}, {"n": 2}]
