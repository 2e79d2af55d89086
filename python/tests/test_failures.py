# SPDX-License-Identifier: Apache-2.0
"""Each way to fail has its class, tells whether the objects may be stored, and loses nothing."""

from __future__ import annotations

import json
import pickle
import socket
from typing import TYPE_CHECKING, Any

import pytest

from datapanel import (
    AuthError,
    Client,
    Code,
    ConfigError,
    DatapanelError,
    RejectedError,
    Stored,
    ThrottledError,
    TooLargeError,
    TransportError,
    UnconfirmedError,
)
from datapanel.errors import error_class

if TYPE_CHECKING:
    from emulator import Emulator

OBJECTS = [b'{"n":1}', b'{ "n" : 2.0 }', b'{"n":"\xc3\xa9"}']


def submit_and_fail(client: Client, target: str, timeout: float = 5) -> DatapanelError:
    """Return the error of a submission, after the claims that hold for each of them."""
    with pytest.raises(DatapanelError) as caught:
        client.submit(target, OBJECTS, timeout=timeout)
    error = caught.value
    assert str(error)
    assert error.code_name == Code(error.code).name
    assert [report.payload for report in error.reports] == OBJECTS
    assert [report.code for report in error.reports] == [error.code] * len(OBJECTS)
    assert {report.stored for report in error.reports} == {error.stored}
    assert all(report.message for report in error.reports)
    assert error.attempts is not None
    assert error.attempts >= 1
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(copied) is type(error)
    assert vars(copied) == vars(error)
    return error


@pytest.mark.parametrize(
    ("status", "error_type", "code", "stored"),
    [
        (400, RejectedError, Code.DP_E_REJECTED, Stored.NO),
        (401, AuthError, Code.DP_E_AUTH, Stored.NO),
        (403, DatapanelError, Code.DP_E_FORBIDDEN, Stored.NO),
        (404, DatapanelError, Code.DP_E_ENDPOINT, Stored.NO),
        (413, TooLargeError, Code.DP_E_TOO_LARGE, Stored.NO),
        (422, RejectedError, Code.DP_E_REJECTED, Stored.NO),
        (500, UnconfirmedError, Code.DP_E_SERVER, Stored.MAYBE),
        (502, UnconfirmedError, Code.DP_E_SERVER, Stored.MAYBE),
        (504, UnconfirmedError, Code.DP_E_SERVER, Stored.MAYBE),
    ],
)
def test_status(
    client: Client,
    emulator: Emulator,
    status: int,
    error_type: type[DatapanelError],
    code: Code,
    stored: Stored,
) -> None:
    body = json.dumps({"code": "SecMaster.20030025", "message": "wrong, says the service"})
    emulator.fault(status=status, body=body, headers={"X-request-id": "request-17"})
    error = submit_and_fail(client, emulator.alerts)
    assert type(error) is error_type
    assert (error.code, error.stored, error.http_status) == (code, stored, status)
    assert error.server_code == "SecMaster.20030025"
    assert error.server_message == "wrong, says the service"
    assert error.request_id == "request-17"
    assert error.retry_after is None
    for report in error.reports:
        assert (report.http_status, report.request_id) == (status, "request-17")
        assert report.server_code == "SecMaster.20030025"
    assert emulator.stats()["requests"] == 1, "neither a refusal nor a doubt is tried again"


def test_real_refusal_of_a_wrong_token(emulator: Emulator) -> None:
    with emulator.client(auth_token="wrong") as client:
        error = submit_and_fail(client, emulator.alerts)
    assert type(error) is AuthError
    assert error.http_status == 401
    assert error.server_code
    assert "wrong" not in str(error)


@pytest.mark.parametrize("status", [429, 503])
def test_time_to_come_back(client: Client, emulator: Emulator, status: int) -> None:
    emulator.fault(status=status, headers={"Retry-After": "60"}, times=0)
    error = submit_and_fail(client, emulator.alerts, timeout=0.5)
    assert type(error) is ThrottledError
    assert (error.stored, error.retry_after) == (Stored.NO, 60.0)


def test_throttled_call_is_tried_again(client: Client, emulator: Emulator) -> None:
    emulator.fault(status=429, times=2)
    reports = client.submit(emulator.alerts, OBJECTS, timeout=20)
    assert [report.attempts for report in reports] == [3, 3, 3]
    assert emulator.stats()["objects"] == len(OBJECTS)


@pytest.mark.parametrize(
    ("fault", "code", "held"),
    [
        ({"drop": "body"}, Code.DP_E_NO_REPLY, 0),
        ({"drop": "body", "how": "reset"}, Code.DP_E_NO_REPLY, 0),
        ({"drop": "stored"}, Code.DP_E_NO_REPLY, 3),
        ({"truncate": 10}, Code.DP_E_REPLY, 3),
        ({"ids": 0}, Code.DP_E_REPLY, 3),
        ({"ids": 2}, Code.DP_E_REPLY, 3),
        ({"ids": 4}, Code.DP_E_REPLY, 3),
        ({"status": 200, "body": "<html>sign in</html>"}, Code.DP_E_ENDPOINT, 0),
    ],
)
def test_doubt(
    client: Client, emulator: Emulator, fault: dict[str, Any], code: Code, held: int
) -> None:
    emulator.fault(**fault)
    error = submit_and_fail(client, emulator.alerts)
    assert type(error) is UnconfirmedError
    assert (error.code, error.stored) == (code, Stored.MAYBE)
    stats = emulator.stats()
    assert (stats["requests"], stats["objects"]) == (1, held), "a doubt is not tried again"


def test_time_runs_out(client: Client, emulator: Emulator) -> None:
    emulator.fault(stall=True, store=True)
    error = submit_and_fail(client, emulator.alerts, timeout=0.3)
    assert type(error) is UnconfirmedError
    assert (error.code, error.http_status) == (Code.DP_E_TIMEOUT, None)


def test_reply_is_quoted(client: Client, emulator: Emulator) -> None:
    emulator.fault(status=200, body="<html>sign in</html>")
    assert "<html>sign in" in (submit_and_fail(client, emulator.alerts).reply or "")


def test_nobody_listens(emulator: Emulator) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with emulator.client(endpoint=f"http://127.0.0.1:{port}") as client:
            error = submit_and_fail(client, emulator.alerts, timeout=0.3)
    assert type(error) is TransportError
    assert (error.code, error.stored, error.http_status) == (Code.DP_E_CONNECT, Stored.NO, None)
    assert str(port) in str(error)
    assert error.curl
    assert {report.http_status for report in error.reports} == {None}


def test_doubt_goes_before_every_code() -> None:
    assert {error_class(code, Stored.MAYBE) for code in Code} == {UnconfirmedError}


def test_unknown_numbers_are_failures() -> None:
    assert Stored(7) is Stored.MAYBE
    assert error_class(999, Stored.NO) is DatapanelError
    error = DatapanelError("new", code=999)
    assert (error.code, error.code_name) == (999, "DP_E_UNKNOWN")


def test_names_of_codes_are_those_of_the_library() -> None:
    assert [DatapanelError(code=code).code_name for code in Code] == [code.name for code in Code]


def test_errors_before_the_call_have_nothing_to_report(emulator: Emulator) -> None:
    with pytest.raises(ConfigError) as caught:
        emulator.client(auth="unheard of")
    assert caught.value.reports == []
    assert caught.value.stored is Stored.NO
    assert caught.value.attempts is None
