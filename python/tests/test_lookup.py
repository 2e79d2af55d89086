# SPDX-License-Identifier: Apache-2.0
"""Names become ids, by a call and within targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from datapanel import Client, Code, DatapanelError, Stored, ThrottledError

if TYPE_CHECKING:
    from emulator import Emulator

CROWD = "a15e0d17-3c42-4b8a-9f60-7d1e2c4b5000"


def test_every_kind(emulator: Emulator) -> None:
    with emulator.client(iam_endpoint=emulator.url) as client:
        assert client.lookup("project", "ap-southeast-3") == emulator.project
        assert client.lookup("workspace", "demo") == emulator.workspace
        assert client.lookup("workspace", "crowd") == CROWD
        assert client.lookup("dataclass", "Alert", timeout=20) == emulator.alerts


def test_from_nothing_but_names(emulator: Emulator) -> None:
    ids: dict[str, Any] = {"project_id": None, "workspace_id": None}
    with emulator.client(iam_endpoint=emulator.url, **ids) as client:
        ids["project_id"] = client.lookup("project", "ap-southeast-3")
    with emulator.client(**ids) as client:
        ids["workspace_id"] = client.lookup("workspace", "demo")
    with emulator.client(**ids) as client:
        assert client.submit("name:Alert", {"n": 1})[0].ok


def test_names_as_settings(emulator: Emulator) -> None:
    names: dict[str, Any] = {"project_id": None, "workspace_id": "name:demo"}
    with emulator.client(iam_endpoint=emulator.url, region="ap-southeast-3", **names) as client:
        assert client.submit("name:Alert", {"n": 1})[0].ok
        assert client.lookup("dataclass", "Alert") == emulator.alerts
    names["workspace_id"] = "name:demos"
    with (
        emulator.client(iam_endpoint=emulator.url, region="ap-southeast-3", **names) as client,
        pytest.raises(DatapanelError, match='"demo"') as caught,
    ):
        client.submit("name:Alert", {"n": 1})
    assert caught.value.code == Code.DP_E_NAME


def test_business_code_and_twins(emulator: Emulator) -> None:
    with emulator.client(workspace_id=CROWD) as client:
        twins = [client.lookup("dataclass", code) for code in ("TWIN_1", "TWIN_2")]
        with pytest.raises(DatapanelError, match="more than one data class") as caught:
            client.lookup("dataclass", "Twin")
    assert caught.value.code == Code.DP_E_NAME
    assert all(twin in str(caught.value) for twin in twins)


def test_no_such_name(client: Client) -> None:
    with pytest.raises(DatapanelError, match='"Alert"') as caught:
        client.lookup("dataclass", "Allert")
    assert (caught.value.code, caught.value.stored) == (Code.DP_E_NAME, Stored.NO)
    with pytest.raises(DatapanelError, match='"Alert"') as caught:
        client.submit("name:Allert", {"n": 1})
    assert (caught.value.code, caught.value.stored) == (Code.DP_E_NAME, Stored.NO)
    assert caught.value.reports == []


def test_bad_arguments(client: Client) -> None:
    with pytest.raises(DatapanelError, match="kind") as caught:
        client.lookup("table", "Alert")  # type: ignore[arg-type]
    assert caught.value.code == Code.DP_E_ARGUMENT
    with pytest.raises(DatapanelError, match="empty"):
        client.lookup("dataclass", "")
    with pytest.raises(TypeError):
        client.lookup("dataclass", None)  # type: ignore[arg-type]


def test_a_failure_of_the_service(client: Client, emulator: Emulator) -> None:
    emulator.fault(status=429, headers={"Retry-After": "200"}, times=1)
    with pytest.raises(ThrottledError) as caught:
        client.lookup("dataclass", "Alert")
    assert (caught.value.retry_after, caught.value.stored) == (200.0, Stored.NO)
    emulator.fault(status=500, times=2)
    assert client.lookup("dataclass", "Alert", timeout=20) == emulator.alerts
