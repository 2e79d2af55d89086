# SPDX-License-Identifier: Apache-2.0
"""Keywords are the library's settings, and the library decides about them."""

from __future__ import annotations

import pickle
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import AuthError, Client, Code, ConfigError, Settings, _ffi, _trust

if TYPE_CHECKING:
    from emulator import Emulator


def test_every_kind_of_value(emulator: Emulator) -> None:
    with emulator.client(
        request_list_field="data_object_list",
        request_timeout=timedelta(seconds=20),
        connect_timeout="5s",
        tls_verify=True,
        tls_ca_file=None,
        reply_bytes="1MiB",
    ) as client:
        assert client.submit(emulator.alerts, {"a": 1})[0].ok


def test_unknown_keyword_names_the_nearest(emulator: Emulator) -> None:
    with pytest.raises(ConfigError, match=r"'request_timeot'.*request\.timeout") as caught:
        emulator.client(request_timeot="5s")
    assert (caught.value.code, caught.value.key) == (Code.DP_E_CONFIG, "request_timeot")


def test_bad_value_names_the_key(emulator: Emulator) -> None:
    with pytest.raises(ConfigError, match=r"request\.timeout") as caught:
        emulator.client(request_timeout="soon")
    assert (caught.value.code, caught.value.key) == (Code.DP_E_CONFIG, "request.timeout")


@pytest.mark.parametrize(
    ("keyword", "key"),
    [
        ("endpoint", "endpoint"),
        ("auth_token", "auth.token"),
    ],
)
def test_missing_setting_is_named(emulator: Emulator, keyword: str, key: str) -> None:
    with pytest.raises(ConfigError, match=key.replace(".", r"\.")) as caught:
        emulator.client(**{keyword: None})
    assert caught.value.code == Code.DP_E_CONFIG


@pytest.mark.parametrize(
    ("keyword", "key"), [("project_id", "project.id"), ("workspace_id", "workspace.id")]
)
def test_missing_id_is_named_when_it_is_needed(emulator: Emulator, keyword: str, key: str) -> None:
    with emulator.client(**{keyword: None}) as client:
        with pytest.raises(ConfigError, match=key.replace(".", r"\.")) as caught:
            client.submit(emulator.alerts, {"a": 1})
        assert caught.value.key == key


def test_region_in_place_of_an_endpoint(emulator: Emulator) -> None:
    emulator.client(endpoint=None, region="ap-southeast-3").close()
    with pytest.raises(ConfigError, match="region"):
        emulator.client(endpoint=None, region="a/b")


@pytest.mark.parametrize("token", ["two\r\nlines", "a\0b", "\udcff"])
def test_bad_token_is_refused_and_not_shown(emulator: Emulator, token: str) -> None:
    with pytest.raises(ConfigError, match=r"auth\.token") as caught:
        emulator.client(auth_token=token)
    assert caught.value.key == "auth.token"
    assert token not in str(caught.value)


def test_setting_that_is_no_text(emulator: Emulator) -> None:
    with pytest.raises(TypeError):
        emulator.client(request_timeout=[5])
    with pytest.raises(ConfigError, match=r"tls\.ca_file"):
        emulator.client(endpoint="https://127.0.0.1:1", tls_ca_file=Path("/no/such\0file"))


def test_from_environment(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    with Client.from_environment(request_timeout="7s") as client:
        assert client.submit(emulator.alerts, {"a": 1})[0].ok
    monkeypatch.setenv("DATAPANEL_AUTH_TOKEN", "of someone else")
    with Client.from_environment(auth_token=emulator.token) as client:
        assert client.submit(emulator.alerts, {"a": 1})[0].ok
    monkeypatch.delenv("DATAPANEL_ENDPOINT")
    with pytest.raises(ConfigError, match="endpoint"):
        Client.from_environment()
    monkeypatch.setenv("DATAPANEL_ENDPOIND", emulator.url)
    with pytest.raises(ConfigError, match="DATAPANEL_ENDPOIND"):
        Client.from_environment()


def test_client_keeps_to_its_keywords(emulator: Emulator) -> None:
    given: dict[str, Any] = {"project_id": emulator.project, "workspace_id": emulator.workspace}
    with pytest.raises(ConfigError, match="endpoint"):
        Client(auth_token=emulator.token, **given)


def test_new_token_on_a_client_in_use(emulator: Emulator) -> None:
    with emulator.client(auth_token="expired") as client:
        with pytest.raises(AuthError):
            client.submit(emulator.alerts, {"a": 1})
        client.set(auth_token=emulator.token)
        assert client.submit(emulator.alerts, {"a": 1})[0].ok


def test_set_refuses_what_a_client_in_use_cannot_change(client: Client) -> None:
    with pytest.raises(ConfigError, match="endpoint"):
        client.set(endpoint="http://127.0.0.1:1")
    with pytest.raises(ConfigError, match=r"'auth_tokn'.*auth\.token"):
        client.set(auth_tokn="x")


def test_settings_are_a_mapping_without_secrets(emulator: Emulator) -> None:
    settings = Settings(**emulator.settings(linger=timedelta(milliseconds=30)))
    assert settings["auth_token"] == "[redacted]"
    assert settings["endpoint"] == emulator.url
    assert dict(settings)["batch_objects"] == "100"
    assert "linger='30ms'" in repr(settings)
    assert "batch_objects" not in repr(settings), "it is as it is by default"
    assert emulator.token not in repr(settings) + str(dict(settings))
    with pytest.raises(KeyError):
        settings["batch.objects"]
    with pytest.raises(TypeError, match="secrets"):
        pickle.dumps(settings)


def test_every_setting_of_the_library_is_a_keyword() -> None:
    described = Settings.describe()
    assert len(described) == len(Settings()) > 30
    for info in described:
        assert info.keyword == info.key.replace(".", "_")
        assert info.doc
        default = info.default
        if info.keyword == "tls_ca_file" and _ffi.is_bundled:
            default = _trust.authorities() or ""
        assert Settings()[info.keyword] == default
        assert Settings(**{info.keyword: default or None})[info.keyword] == default
        assert info.environment == "DATAPANEL_" + info.keyword.upper()


def test_settings_from_a_file(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "datapanel.conf"
    given = emulator.settings()
    lines = [f"{keyword.replace('_', '.', 1)} = {value}\n" for keyword, value in given.items()]
    file.write_text("".join(["# mine\n", *lines, "linger = 40ms\n"]))
    settings = Settings.from_file(file, batch_objects=5)
    assert (settings["linger"], settings["batch_objects"]) == ("40ms", "5")
    with Client(settings) as client:
        assert client.submit(emulator.alerts, {"a": 1})[0].ok
    file.write_text("linger = soon\n")
    with pytest.raises(ConfigError, match="linger"):
        Settings.from_file(file)
    with pytest.raises(ConfigError) as caught:
        settings.replace(linger="1s")
    assert caught.value.key == "linger", "what was read is read again"
    with pytest.raises(ConfigError, match="none"):
        Settings.from_file(tmp_path / "none")


def test_keywords_go_before_settings(emulator: Emulator) -> None:
    settings = Settings(**emulator.settings(auth_token="expired"))
    with Client(settings, auth_token=emulator.token) as client:
        assert client.submit(emulator.alerts, {"a": 1})[0].ok
    assert settings.replace(linger="1s")["linger"] == "1s"
    assert settings["linger"] == "200ms"
    with pytest.raises(TypeError, match="settings must be Settings"):
        Client({"endpoint": "x"})  # type: ignore[arg-type]
