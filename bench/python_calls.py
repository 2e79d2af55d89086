# SPDX-License-Identifier: Apache-2.0
"""What `Producer.send` of a dict takes of its thread, and what `json.dumps` takes of the same.

Both without orjson, in turns of a batch, by the processor's clock of the thread.
"""

import json
import sys
from time import thread_time

sys.modules["orjson"] = None  # type: ignore[assignment]

from contender import COUNT, TARGET, batches
from datapanel import Producer

sending = dumping = 0.0
with Producer.from_environment(reports="failures") as producer:
    send, dumps = producer.send, json.dumps
    for batch in batches():
        began = thread_time()
        for item in batch:
            send(TARGET, item)
        sent = thread_time()
        for item in batch:
            dumps(item)
        sending += sent - began
        dumping += thread_time() - sent
print("send_us", sending / COUNT * 1e6, "dumps_us", dumping / COUNT * 1e6)
