# SPDX-License-Identifier: Apache-2.0
"""The same by hand with requests, over one connection that is kept."""

import requests
from contender import TOKEN, URL, batches, end

done = 0
with requests.Session() as session:
    session.trust_env = False
    session.headers["X-Auth-Token"] = TOKEN
    for batch in batches():
        answer = session.post(URL, json={"data_object": batch}, timeout=30)
        answer.raise_for_status()
        done += sum("id" in stored for stored in answer.json())
end(done)
