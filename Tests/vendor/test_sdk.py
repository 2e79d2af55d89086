# SPDX-License-Identifier: Apache-2.0
"""The vendor's own SDK takes the emulator for the service."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.auth.internal import MetadataAccessor
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException, SdkException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdksecmaster.v1 import (
    BatchCreateDatapanelObjectsRequest,
    DataObjectBatchCreateForm,
    ListDataclassRequest,
    ListWorkspacesRequest,
    SecMasterClient,
)

URL = os.environ["DATAPANEL_ENDPOINT"]
PROJECT = os.environ["DATAPANEL_PROJECT_ID"]
WORKSPACE = os.environ["DATAPANEL_WORKSPACE_ID"]
TOKEN = os.environ["DATAPANEL_AUTH_TOKEN"]
REGION = "ap-southeast-3"
CLASSES = {
    "Alert": "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02",
    "Incident": "2d7f0c1e-93b4-4a6d-8f15-7c0e6a9b3d14",
    "Indicator": "c48e5a92-0b6f-4d13-a7e8-51f2d3907b6c",
    "Vulnerability": "e07b1d38-6a54-4c9f-b2d1-8f3a5c7e4960",
}
OBJECTS = f"/v1/{PROJECT}/workspaces/{WORKSPACE}/soc/datapanel/{CLASSES['Alert']}/data-objects"
SAMPLE = Path(__file__).parents[1] / "samples" / "alerts.ndjson"
ALERTS = [*map(json.loads, SAMPLE.read_text("utf-8").splitlines()), {"n": 2**70, "é": "🚨"}]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Keys = tuple[str, str, str | None]
PERMANENT: Keys = ("AKEXAMPLE", "SKEXAMPLE", None)
TEMPORARY: Keys = ("AKTEMPORARY", "SKTEMPORARY", "emulator-security-token")
with_both = pytest.mark.parametrize("keys", [PERMANENT, TEMPORARY], ids=["permanent", "temporary"])


@pytest.fixture(autouse=True)
def _empty() -> None:
    ask("DELETE", "/_emulator/objects")


def ask(method: str, path: str) -> Any:
    """The answer that the emulator gives to others than the SDK."""
    request = Request(URL + path, headers={"X-Auth-Token": TOKEN}, method=method)
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)


def credentials(keys: Keys, project: str | None = PROJECT) -> BasicCredentials:
    access, secret, token = keys
    return BasicCredentials(access, secret, project).with_security_token(token)


def builder() -> Any:
    return SecMasterClient.new_builder().with_http_config(HttpConfig(timeout=20))


def connect(keys: BasicCredentials) -> SecMasterClient:
    return builder().with_endpoint(URL).with_credentials(keys).build()


def connect_to_region(region: str, keys: Keys) -> SecMasterClient:
    """A client that has to find out the id of its project."""
    identity = credentials(keys, project=None).with_iam_endpoint(URL)
    return builder().with_region(Region(region, URL)).with_credentials(identity).build()


def create_alerts(client: SecMasterClient) -> Any:
    form = DataObjectBatchCreateForm(
        format_version=1, name="naïve", type="test", trigger_flag=False, data_object_list=ALERTS
    )
    request = BatchCreateDatapanelObjectsRequest(
        workspace_id=WORKSPACE, dataclass=CLASSES["Alert"], body=form
    )
    return client.batch_create_datapanel_objects(request)


def is_stored(created: Any) -> None:
    """Each alert has ids of its own, and the emulator holds it under that id, and no other."""
    assert created.status_code == 200
    assert created.x_request_id
    ids = [pair.id for pair in created.body]
    assert len(ids) == len(set(ids)) == len(ALERTS)
    assert all(UUID.fullmatch(pair.id) and UUID.fullmatch(pair.event_id) for pair in created.body)
    assert ask("GET", "/_emulator/stats")["objects"] == len(ALERTS)
    for each in (0, 100, -1):
        assert ask("GET", f"{OBJECTS}/{ids[each]}")["data"] == ALERTS[each]


@with_both
def test_objects_get_ids(keys: Keys) -> None:
    is_stored(create_alerts(connect(credentials(keys))))


def test_keys_come_from_the_metadata_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MetadataAccessor, "_METADATA_ENDPOINT", URL)
    identity = BasicCredentials(project_id=PROJECT)
    is_stored(create_alerts(connect(identity)))
    assert identity.ak.startswith("HST")
    assert identity.security_token


@with_both
def test_project_is_found_by_its_region(keys: Keys) -> None:
    client = connect_to_region(REGION, keys)
    assert client.get_credentials().project_id == PROJECT
    is_stored(create_alerts(client))


@pytest.mark.parametrize(
    ("region", "keys", "said"),
    [
        ("twin", PERMANENT, "Multiple project ids found"),
        ("none", PERMANENT, "Failed to get project id"),
        ("none", ("AKEXAMPLE", "wrong", None), "APIGW.0301"),
    ],
)
def test_project_is_not_found(region: str, keys: Keys, said: str) -> None:
    with pytest.raises(SdkException, match=said):
        connect_to_region(region, keys)


def test_data_classes_are_listed() -> None:
    client = connect(credentials(PERMANENT))
    listed = client.list_dataclass(ListDataclassRequest(workspace_id=WORKSPACE))
    assert {each.name: each.id for each in listed.dataclass_details} == CLASSES
    assert listed.total == len(CLASSES)
    assert listed.x_request_id
    request = ListDataclassRequest(
        workspace_id=WORKSPACE, offset=0, limit=100, name="alert", is_built_in=True
    )
    [alert] = client.list_dataclass(request).dataclass_details
    assert (alert.name, alert.id) == ("Alert", CLASSES["Alert"])


def test_workspaces_are_listed() -> None:
    client = connect(credentials(PERMANENT))
    [demo] = client.list_workspaces(ListWorkspacesRequest(name="demo")).workspaces
    assert (demo.name, demo.id) == ("demo", WORKSPACE)
    for offset, length in ((0, 100), (100, 21)):
        request = ListWorkspacesRequest(name="crowd", offset=offset, limit=100)
        page = client.list_workspaces(request)
        assert (len(page.workspaces), page.count) == (length, 121)
    assert page.workspaces[-1].name == "crowd"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("AKEXAMPLE", "wrong", None), f"canonicalRequest:POST|{OBJECTS}/batch-create/|"),
        (("AKTEMPORARY", "wrong", TEMPORARY[2]), f"canonicalRequest:POST|{OBJECTS}/batch-create/|"),
        (("AKTEMPORARY", "SKTEMPORARY", "wrong"), "decrypt token fail"),
        (("AKTEMPORARY", "SKTEMPORARY", None), "x-security-token not found"),
        (("AKUNKNOWN", "SKEXAMPLE", None), "ak not exist"),
    ],
    ids=["secret", "temporary secret", "token", "no token", "access key"],
)
def test_wrong_keys_are_refused(keys: Keys, said: str) -> None:
    with pytest.raises(ClientRequestException, match=re.escape(said)) as caught:
        create_alerts(connect(credentials(keys)))
    assert (caught.value.status_code, caught.value.error_code) == (401, "APIGW.0301")
    assert caught.value.request_id
    assert ask("GET", "/_emulator/stats")["objects"] == 0
