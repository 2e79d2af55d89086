# SPDX-License-Identifier: Apache-2.0
"""Options are read once, on the driver, and say what is wrong before a row is sent."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

from datapanel import ConfigError
from datapanel.sink import Identity, Plan
from datapanel.sink.ids import NAMESPACE, content_id, stamped

if TYPE_CHECKING:
    from pathlib import Path

GOOD = {"target": "name:Indicator", "id.column": "key"}


def refusal(**options: str) -> str:
    """Return why the good options are refused with these, which have `_` for `.`."""
    given = {name.replace("__", "_") if "__" in name else name.replace("_", "."): value
             for name, value in options.items()}  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        Plan.of({key: value for key, value in {**GOOD, **given}.items() if value})
    return str(caught.value)


def test_defaults() -> None:
    plan = Plan.of({**GOOD, "checkpointLocation": "/x", "Linger": "1s"})
    assert (plan.target, plan.transfer, plan.letters, plan.ledger) == (
        "name:Indicator", "arrow", None, None,
    )  # fmt: skip
    assert plan.settings == (("linger", "1s"),)
    assert plan.identity == Identity("column", "key", "key")


@pytest.mark.parametrize("key", [
    "auth.token", "auth.password", "auth.secret_key", "auth.security_token", "token", "password",
    "my.secret",
])  # fmt: skip
def test_secret_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(ConfigError, match="a secret") as caught:
        Plan.of({**GOOD, key: "hunter2"})
    assert "hunter2" not in str(caught.value)
    assert caught.value.key == key


def test_password_in_an_address_is_refused() -> None:
    said = refusal(proxy="http://user:hunter2@proxy:3128")
    assert "proxy has a user" in said
    assert "hunter2" not in said


def test_object_needs_a_stable_id() -> None:
    assert "id.column" in refusal(id_column="")
    assert "id.column" in refusal(id_from="content")
    assert "id.from is content" in refusal(id_column="", id_from="random")
    assert "id.from is content" in refusal(id_column="", id_from="object")
    assert "nothing is written" in refusal(
        id_column="", id_from="object", json_column="j", id_field="x"
    )


def test_identity_of_json() -> None:
    options = {"target": "t", "json.column": "json"}
    assert Plan.of({**options, "id.column": "key"}).identity == Identity("column", "key", "id")
    assert Plan.of({**options, "id.from": "object"}).identity.source == "object"
    assert Plan.of({**options, "id.from": "content", "id.field": "dedup"}).identity == Identity(
        "content", "", "dedup"
    )


def test_unknown_option_names_the_nearest() -> None:
    assert (
        refusal(bacth_objects="5") == "unknown option 'bacth.objects'; did you mean batch.objects?"
    )
    assert "did you mean id.column?" in refusal(id_colum="x")


def test_values_are_checked_on_the_driver() -> None:
    assert "target is missing" in refusal(target="")
    assert "linger" in refusal(linger="soon")
    assert "transfer is arrow or rows" in refusal(transfer="pandas")
    assert "errors is fail or dead-letter" in refusal(errors="ignore")
    assert "errors.path" in refusal(errors="dead-letter")
    assert "errors.path" in refusal(errors_path="/tmp/x")  # noqa: S108
    assert "two places" in refusal(token_env="A", token_file="/b")
    assert "run.id" in refusal(run_id="../x")
    assert "50000 at the most" in refusal(queue_objects="50001")
    assert "not for tasks" in refusal(reports="none")


def test_fleet_shares_its_rate() -> None:
    plan = Plan.of({**GOOD, "fleet.requests_per_second": "50", "fleet.tasks": "16"})
    assert plan.settings == (("rate_requests", "3"),)
    options = {**GOOD, "fleet.requests_per_second": "50"}
    for tasks, said in (
        ("", "give both"),
        ("many", "numbers above 0"),
        ("0", "numbers above 0"),
        ("-2", "numbers above 0"),
        ("51", "less than one for each of 51 tasks"),
    ):
        with pytest.raises(ConfigError, match=said):
            Plan.of({**options, "fleet.tasks": tasks})
    with pytest.raises(ConfigError, match="one of them"):
        Plan.of({**options, "fleet.tasks": "5", "rate.requests": "5"})


def test_token_is_read_where_the_task_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PANEL_TOKEN", "hunter2")
    (tmp_path / "token").write_text("hunter2\n")
    for options in ({"token.env": "PANEL_TOKEN"}, {"token.file": str(tmp_path / "token")}):
        plan = Plan.of({**GOOD, **options})
        settings = plan.open_settings()
        assert (settings["auth"], settings["auth_token"]) == ("token", "[redacted]")
        assert b"hunter2" not in pickle.dumps(plan)


def test_missing_token_names_its_place(tmp_path: Path) -> None:
    for options, said in (
        ({"token.env": "PANEL_NOTHING"}, "environment variable PANEL_NOTHING"),
        ({"token.file": str(tmp_path / "none")}, "on each worker"),
    ):
        plan = Plan.of({**GOOD, **options})
        with pytest.raises(ConfigError, match=said):
            plan.open_settings()


def test_without_a_token_each_worker_finds_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Plan.of(GOOD).open_settings()["auth"] == "default"
    assert Plan.of({**GOOD, "auth": "aksk"}).open_settings()["auth"] == "aksk"
    monkeypatch.setenv("DATAPANEL_AUTH", "password")
    assert Plan.of(GOOD).open_settings()["auth"] == "password"


def test_ids_of_content() -> None:
    for text in ("{}", '{"ü":[1,2]}', "x" * 1000):
        assert content_id(text.encode()) == str(uuid5(NAMESPACE, text))
    assert UUID(content_id(b"{}")).version == 5
    # For ever: another one would make all objects new to those who know them by it.
    assert content_id(b'{"n":1}') == str(
        uuid5(UUID("5d3b6c1e-8f0a-5c7d-9e42-6b1f0a7c2d94"), '{"n":1}')
    )
    assert stamped(b'{ "n":1}', 'i"d', "ü\n") == rb'{"i\"d":"\u00fc\n","n":1}'
