/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends objects one by one through a producer, which makes the batches, and
 * reads the id of each from its report. Its memory is bounded as a program
 * would do it that has little: two batches for each request that may be under
 * way. When the queue is full, sending waits for room.
 */
#include "stream.h"

enum { COLLECT_EVERY = 100, QUEUE_BYTES_MIN = 4 << 20 };

static dp_config *settings(const struct bench *bench)
{
    dp_config *config = stream_config();
    size_t batch_bytes = bench->batch * STREAM_OBJECT_BYTES;
    size_t queue_bytes = 2 * bench->in_flight * batch_bytes;

    if (queue_bytes < QUEUE_BYTES_MIN)
        queue_bytes = QUEUE_BYTES_MIN;
    stream_set(config, "inflight", bench->in_flight);
    stream_set(config, "batch.objects", bench->batch);
    stream_set(config, "batch.bytes", batch_bytes);
    stream_set(config, "queue.bytes", queue_bytes);
    return config;
}

int main(int argc, char **argv)
{
    struct bench bench;
    dp_producer *producer = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    producer = stream_open(settings(&bench));
    for (size_t sent = 1; sent <= bench.count; sent++) {
        stream_send(producer, bench_next(&bench));
        if (sent % COLLECT_EVERY == 0)
            done += stream_collect(producer, 0);
    }
    stream_close(producer, done, bench.count);
    return bench_end(&bench, bench.count);
}
