#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Send one alert with credentials that the library finds by itself, and print its id.

They may be settings (DATAPANEL_AUTH_TOKEN and so on), variables of the vendor's own tools
(HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK), the profile file (~/.huaweicloud/credentials) or, on a
cloud server, keys of its metadata service, which are renewed before they end.
"""

from __future__ import annotations

import sys

from datapanel import AuthError, Client, DatapanelError

# The data class "Alert" of the emulator; yours has another id.
ALERTS = "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"


def main() -> int:
    """Send the alert; 0 when it is stored."""
    try:
        with Client.from_environment(auth="default") as client:
            [report] = client.submit(ALERTS, {"title": "sent with keys that were found"})
    except AuthError as error:
        # Refused ones, or none: then each place is named with what is wrong there.
        print(error, file=sys.stderr)
        return 1
    except DatapanelError as error:
        print(error, file=sys.stderr)
        return 2
    print(report.id)
    return 0


if __name__ == "__main__":
    sys.exit(main())
