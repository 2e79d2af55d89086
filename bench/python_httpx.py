# SPDX-License-Identifier: Apache-2.0
"""The same by hand with httpx and orjson, over one connection that is kept."""

import httpx
import orjson
from contender import TOKEN, URL, batches, end

done = 0
headers = {"X-Auth-Token": TOKEN, "Content-Type": "application/json;charset=UTF-8"}
with httpx.Client(headers=headers, timeout=30, trust_env=False) as client:
    for batch in batches():
        answer = client.post(URL, content=orjson.dumps({"data_object": batch}))
        answer.raise_for_status()
        done += sum("id" in stored for stored in orjson.loads(answer.content))
end(done)
