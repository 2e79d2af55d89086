# SPDX-License-Identifier: Apache-2.0
"""What callers have in hand becomes the bytes that are sent, or an error that says where."""

from __future__ import annotations

import collections
import json
import math
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar
from uuid import UUID

import pytest
from pydantic import BaseModel

from datapanel import Code, ObjectError, _dumps, _encoders
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


@pytest.mark.usefixtures("dumps")
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


@pytest.mark.usefixtures("dumps")
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


class Level(Enum):
    """As programs have them."""

    HIGH = "High"


@dataclass
class Place:
    """A member that is an object."""

    latitude: float
    names: list[str] = field(default_factory=list)
    count: ClassVar[int] = 7


@dataclass(frozen=True)
class Alert:
    """With the kinds of members that JSON has no word for."""

    title: str
    level: Level
    where: Place
    id: UUID
    more: Any = None


class Model(BaseModel):
    """The same in pydantic."""

    title: str
    level: Level
    where: Place
    seen: datetime
    more: Any = None


ALERT = Alert("ü", Level.HIGH, Place(1.5, ["a"]), UUID(int=7))
BOTH = [_encoders.dumps_json, _encoders.dumps_orjson]


@pytest.fixture(params=BOTH, ids=["json", "orjson"])
def dumps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test run with either encoder."""
    monkeypatch.setattr(_dumps, "dumps", request.param)


def test_orjson_is_used_where_it_is() -> None:
    assert _encoders.dumps is _encoders.dumps_orjson


@pytest.mark.usefixtures("dumps")
def test_dataclass_and_model() -> None:
    where = '{"latitude":1.5,"names":["a"]}'
    uuid = "00000000-0000-0000-0000-000000000007"
    expected = f'{{"title":"ü","level":"High","where":{where},"id":"{uuid}","more":null}}'
    assert text_of(ALERT, 0).decode() == expected
    time = datetime(2026, 1, 2, tzinfo=timezone.utc)
    model = Model(title="ü", level=Level.HIGH, where=ALERT.where, seen=time)
    expected = (
        f'{{"title":"ü","level":"High","where":{where},"seen":"2026-01-02T00:00:00Z","more":null}}'
    )
    assert text_of(model, 0).decode() == expected
    assert text_of({"deep": [ALERT]}) == b'{"deep":[%s]}' % text_of(ALERT)


@pytest.mark.usefixtures("dumps")
@pytest.mark.parametrize(
    "given",
    [
        replace(ALERT, where=Place(float("nan"))),
        Model(title="", level=Level.HIGH, where=Place(math.inf), seen=datetime.min),
        {"where": MappingProxyType({"latitude": -math.inf})},
        {"where": {"latitude": math.nan}, "null": None},
    ],
)
def test_nan_is_refused_wherever_it_hides(given: Any) -> None:
    with pytest.raises(
        ObjectError, match=r"where\.latitude is (nan|-?inf), which JSON cannot hold"
    ):
        text_of(given)


def test_both_encoders_say_the_same() -> None:
    samples = Path(__file__).parents[2] / "Tests" / "samples"
    for sample in samples.glob("*.ndjson"):
        for line in sample.read_bytes().splitlines():
            value = json.loads(line)
            assert json.loads(_encoders.dumps_orjson(value)) == value
            assert json.loads(_encoders.dumps_json(value)) == value


@pytest.mark.usefixtures("dumps")
@pytest.mark.parametrize("given", [Alert, Model, Level.HIGH, UUID(int=7), datetime.min])
def test_what_is_no_object_by_itself(given: Any) -> None:
    with pytest.raises(ObjectError, match="is no JSON object; give a dict"):
        text_of(given)


@pytest.mark.parametrize("one", [ALERT, {"a": 1}, b"{}", "{}", bytearray(b"{}"), memoryview(b"{}")])
def test_single_object_needs_no_list(one: Any) -> None:
    assert list(each(one)) == [one]


def test_any_iterable_gives_its_objects() -> None:
    assert list(each({"n": n} for n in range(3))) == [{"n": 0}, {"n": 1}, {"n": 2}]
