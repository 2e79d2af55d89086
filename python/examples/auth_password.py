#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Submit one alert with a token that the library gets from IAM for a user and a password.

Each line of standard input is a password. When IAM refuses the first one, the client goes on with
the second: only another password is worth another attempt, and the library makes none with the
same for five minutes, because IAM locks users out.

The other settings come from the environment: DATAPANEL_ENDPOINT, DATAPANEL_PROJECT_ID,
DATAPANEL_WORKSPACE_ID, DATAPANEL_AUTH_USER, DATAPANEL_AUTH_DOMAIN, and DATAPANEL_IAM_ENDPOINT or
DATAPANEL_REGION.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from datapanel import AuthError, Client, DatapanelError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datapanel import Report

# The data class "Alert" of the emulator; yours has another id.
ALERTS = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"
ALERT = {"title": "SSH brute force", "count": 212}


def main() -> int:
    """Submit the alert; 0 when it is stored."""
    passwords = (line.rstrip("\r\n") for line in sys.stdin)
    first = next(passwords, "")
    try:
        with Client.from_environment(auth="password", auth_password=first) as client:
            print(submit(client, passwords).id)
    except DatapanelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def submit(client: Client, passwords: Iterator[str]) -> Report:
    """Submit the alert, with another password if the first is refused."""
    try:
        return client.submit(ALERTS, ALERT)[0]
    except AuthError as error:
        password = next(passwords, None)
        if password is None:
            raise
        print(error, file=sys.stderr)
    client.set(auth_password=password)
    return client.submit(ALERTS, ALERT)[0]


if __name__ == "__main__":
    sys.exit(main())
