# SPDX-License-Identifier: Apache-2.0
"""The example does what it says, for files that are good and files that are not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator import Emulator

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "python" / "examples"


def run(
    *arguments: str,
    example: str = "send_alerts.py",
    standard_input: str | None = None,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Run an example as a user would."""
    return subprocess.run(  # noqa: S603
        [sys.executable, str(EXAMPLES / example), *arguments],
        input=standard_input,
        env={**os.environ, "PYTHONPATH": str(ROOT / "python" / "src"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_sends_a_file_in_batches(emulator: Emulator) -> None:
    ended = run(str(ROOT / "Tests" / "samples" / "alerts.ndjson"), "--batch", "64")
    assert (ended.returncode, ended.stderr) == (0, "200 objects stored, in 4 requests\n")
    assert len(set(ended.stdout.split())) == 200
    assert (emulator.stats()["objects"], emulator.stats()["requests"]) == (200, 4)


def test_bad_line_is_named(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "bad.ndjson"
    file.write_text('{"a":1}\n\n{"a":2}\n{"a":\n')
    ended = run(str(file), "--batch", "2")
    assert ended.returncode == 1
    assert len(ended.stdout.split()) == 2
    assert "line 4: " in ended.stderr
    assert "2 objects stored, in 1 requests" in ended.stderr
    assert emulator.stats()["objects"] == 2


def test_failure_tells_whether_to_send_again(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "good.ndjson"
    file.write_text('{"a":1}\n{"a":2}\n')
    emulator.fault(drop="stored")
    ended = run(str(file))
    assert ended.returncode == 1
    assert "lines 1 to 2: DP_E_NO_REPLY, stored: maybe: " in ended.stderr


def test_missing_file(tmp_path: Path) -> None:
    ended = run(str(tmp_path / "none.ndjson"))
    assert ended.returncode == 2
    assert "none.ndjson" in ended.stderr


def signed(access: str, secret: str, token: str = "") -> subprocess.CompletedProcess[str]:
    """Run the example that signs, with these keys."""
    return run(
        example="send_signed.py",
        DATAPANEL_AUTH_TOKEN="",
        HUAWEICLOUD_SDK_AK=access,
        HUAWEICLOUD_SDK_SK=secret,
        HUAWEICLOUD_SDK_SECURITY_TOKEN=token,
    )


def test_signs_in_place_of_a_token(emulator: Emulator) -> None:
    for ended in (
        signed("AKEXAMPLE", "SKEXAMPLE"),
        signed("AKTEMPORARY", "SKTEMPORARY", "emulator-security-token"),
    ):
        assert (ended.returncode, ended.stderr) == (0, "")
        assert len(ended.stdout.strip()) == 36
    assert emulator.stats()["objects"] == 2


def found(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the example that looks for credentials, where there are none but these."""
    nothing = {
        "DATAPANEL_AUTH_TOKEN": "",
        "HUAWEICLOUD_SDK_AK": "",
        "HUAWEICLOUD_SDK_SK": "",
        "HOME": str(tmp_path),
        "DATAPANEL_METADATA_ENDPOINT": "http://127.0.0.1:1",
    }
    return run(example="auth_default.py", **{**nothing, **environment})


def test_finds_credentials_by_itself(emulator: Emulator, tmp_path: Path) -> None:
    profile = tmp_path / "credentials"
    profile.write_text("[basic]\nak = AKEXAMPLE\nsk = SKEXAMPLE\n")
    profile.chmod(0o600)
    for ended in (
        found(tmp_path, DATAPANEL_AUTH_TOKEN=emulator.token),
        found(tmp_path, HUAWEICLOUD_SDK_AK="AKEXAMPLE", HUAWEICLOUD_SDK_SK="SKEXAMPLE"),
        found(tmp_path, HUAWEICLOUD_SDK_CREDENTIALS_FILE=str(profile)),
        found(tmp_path, DATAPANEL_METADATA_ENDPOINT=emulator.url),
    ):
        assert (ended.returncode, ended.stderr) == (0, "")
        assert len(ended.stdout.strip()) == 36
    assert emulator.stats()["objects"] == 4


def test_tells_where_it_found_no_credentials(emulator: Emulator, tmp_path: Path) -> None:
    ended = found(tmp_path)
    assert ended.returncode == 1
    assert "HUAWEICLOUD_SDK_AK is not set" in ended.stderr
    assert f"no file {tmp_path}/.huaweicloud/credentials" in ended.stderr
    assert "the metadata service has none" in ended.stderr
    assert emulator.stats()["requests"] == 0


def test_wrong_key_is_tried_once(emulator: Emulator) -> None:
    ended = signed("AKEXAMPLE", "wrong")
    assert ended.returncode == 1
    assert "APIGW.0301: " in ended.stderr
    assert "verify aksk signature fail" in ended.stderr
    assert emulator.stats()["requests"] == 1


def test_streams_what_comes(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "failed.ndjson"
    lines = (ROOT / "Tests" / "samples" / "alerts.ndjson").read_text()
    ended = run(str(file), example="stream.py", standard_input=lines)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "200 objects stored, 0 failed\n"
    assert file.read_text() == ""
    assert emulator.stats()["objects"] == 200


def test_stream_keeps_what_fails(emulator: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "failed.ndjson"
    emulator.fault(status=400, body='{"code":"SecMaster.1","message":"not so"}', times=0)
    lines = '{"a": 1.50}\n\nno object\n'
    ended = run(str(file), example="stream.py", standard_input=lines)
    assert ended.returncode == 1
    assert ended.stdout == "0 objects stored, 1 failed\n"
    assert ended.stderr.startswith("line 3: ")
    [kept] = [json.loads(line) for line in file.read_text().splitlines()]
    assert (kept["code"], kept["stored"]) == ("DP_E_REJECTED", "no")
    assert kept["object"] == '{"a": 1.50}'


def test_stream_without_a_file_or_a_service(tmp_path: Path) -> None:
    assert run(example="stream.py").returncode == 2
    ended = run(str(tmp_path / "failed"), example="stream.py", DATAPANEL_ENDPOINT="nowhere")
    assert ended.returncode == 2
    assert "endpoint" in ended.stderr
