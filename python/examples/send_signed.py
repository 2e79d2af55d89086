#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Send one alert, signed with access keys in place of a token, and print its id.

The keys are where the vendor's own tools look for them: HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK
and, of temporary keys, HUAWEICLOUD_SDK_SECURITY_TOKEN. DATAPANEL_ENDPOINT, DATAPANEL_PROJECT_ID and
DATAPANEL_WORKSPACE_ID are settings as always.
"""

from __future__ import annotations

import os
import sys

from datapanel import AuthError, Client, DatapanelError

# The data class "Alert" of the emulator; yours has another id.
ALERTS = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"


def keys() -> dict[str, str | None]:
    """Return the keys as settings; `client.set` replaces them in this order, the secret last."""
    return {
        "auth_access_key": os.environ.get("HUAWEICLOUD_SDK_AK"),
        "auth_security_token": os.environ.get("HUAWEICLOUD_SDK_SECURITY_TOKEN"),
        "auth_secret_key": os.environ.get("HUAWEICLOUD_SDK_SK"),
    }


def main() -> int:
    """Send the alert; 0 when it is stored."""
    try:
        with Client.from_environment(auth="aksk", **keys()) as client:
            [report] = client.submit(ALERTS, {"title": "signed with access keys"})
    except AuthError as error:
        # A wrong key, or a wrong clock: what the service says tells which.
        print(f"{error.server_code}: {error.server_message}", file=sys.stderr)
        return 1
    except DatapanelError as error:
        print(error, file=sys.stderr)
        return 2
    print(report.id)
    return 0


if __name__ == "__main__":
    sys.exit(main())
