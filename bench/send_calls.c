/* SPDX-License-Identifier: Apache-2.0
 *
 * How long dp_producer_send takes while the producer's thread is at work. The
 * queue is kept half full, with the settings that are the default: so no call
 * waits for room, and the thread never for objects. What reading the clock
 * takes is subtracted.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "stream.h"
#include "times.h"

enum { LOOK_EVERY = 200, QUEUED_MAX = 30000 };

/* Collects, and waits while the queue is more than half full. */
static size_t keep_up(dp_producer *producer)
{
    size_t done = stream_collect(producer, 0);
    size_t queued = 0;

    while (dp_producer_queued(producer, &queued, NULL) == DP_OK
           && queued > QUEUED_MAX)
        done += stream_collect(producer, 1000);
    return done;
}

int main(int argc, char **argv)
{
    struct bench bench;
    struct times calls = {NULL, 0};
    dp_producer *producer = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    producer = stream_open(stream_config());
    times_reserve(&calls, bench.count);
    for (size_t sent = 1; sent <= bench.count; sent++) {
        const struct bench_object *object = bench_next(&bench);
        double began = times_now();

        stream_send(producer, object);
        times_add(&calls, times_now() - began);
        if (sent % LOOK_EVERY == 0)
            done += keep_up(producer);
    }
    stream_close(producer, done, bench.count);
    times_print("send", &calls);
    return bench_end(&bench, bench.count);
}
