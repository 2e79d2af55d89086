/* SPDX-License-Identifier: Apache-2.0
 *
 * As produce_datapanel, but hands the objects over many at a time, as the text
 * that they stand in.
 */
#include "stream.h"

enum { AT_ONCE = 100 };

/* As many of the next objects as stand in a row; says how many. */
static size_t send_row(dp_producer *producer, struct bench *bench, size_t most)
{
    const struct bench_object *first = bench_next(bench);
    const struct bench_object *last = first;
    size_t count = 1;
    size_t taken = 0;
    dp_error *error = NULL;

    while (count < most && bench->next > 0) {
        last = bench_next(bench);
        count++;
    }
    if (dp_producer_send_many(producer, BENCH_TARGET, first->text,
                              (size_t)(last->text - first->text) + last->length,
                              NULL, 60000, NULL, &taken, &error)
            != DP_OK
        || taken != count)
        bench_fail("dp_producer_send_many", dp_error_message(error));
    return count;
}

int main(int argc, char **argv)
{
    struct bench bench;
    dp_producer *producer = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    producer = stream_open(stream_settings(&bench));
    for (size_t sent = 0; sent < bench.count;) {
        size_t left = bench.count - sent;

        sent += send_row(producer, &bench, left < AT_ONCE ? left : AT_ONCE);
        done += stream_collect(producer, 0);
    }
    stream_close(producer, done, bench.count);
    return bench_end(&bench, bench.count);
}
