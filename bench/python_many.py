# SPDX-License-Identifier: Apache-2.0
"""Hands objects over as text: `Producer.send_many`. BENCH_IDS=1 reads the id of each."""

import os

from contender import COUNT, LINES, TARGET, end, lines
from datapanel import Producer

PIECE = 50 * len(LINES)

with_ids = os.environ.get("BENCH_IDS") == "1"
text = b"\n".join(lines(PIECE))
done = 0
with Producer.from_environment(reports="all" if with_ids else "failures") as producer:
    for start in range(0, COUNT, PIECE):
        left = COUNT - start
        taken = producer.send_many(TARGET, text if left >= PIECE else b"\n".join(lines(left)))
        for report in producer.reports():
            done += report.id is not None
done += sum(report.id is not None for report in producer.reports())
if not with_ids:
    done = producer.stats()["objects_stored"]
end(done)
