/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends objects one by one through a producer, which makes the batches, and
 * reads the id of each from its report.
 */
#include "stream.h"

enum { COLLECT_EVERY = 100 };

int main(int argc, char **argv)
{
    struct bench bench;
    dp_producer *producer = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    producer = stream_open(stream_settings(&bench));
    for (size_t sent = 1; sent <= bench.count; sent++) {
        stream_send(producer, bench_next(&bench));
        if (sent % COLLECT_EVERY == 0)
            done += stream_collect(producer, 0);
    }
    stream_close(producer, done, bench.count);
    return bench_end(&bench, bench.count);
}
