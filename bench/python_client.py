# SPDX-License-Identifier: Apache-2.0
"""Submits requests of dicts one at a time and reads the ids: `Client.submit`."""

from contender import TARGET, batches, end
from datapanel import Client

with Client.from_environment() as client:
    end(sum(report.ok for batch in batches() for report in client.submit(TARGET, batch)))
