/* SPDX-License-Identifier: Apache-2.0
 *
 * As produce_datapanel, but hands the objects over many at a time, as the text
 * that they stand in.
 */
#include "stream.h"

enum { AT_ONCE = 100 };

int main(int argc, char **argv)
{
    struct bench bench;
    dp_producer *producer = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    producer = stream_open(stream_settings(&bench));
    for (size_t sent = 0; sent < bench.count;) {
        size_t left = bench.count - sent;

        sent += stream_send_row(producer, &bench,
                                left < AT_ONCE ? left : AT_ONCE);
        done += stream_collect(producer, 0);
    }
    stream_close(producer, done, bench.count);
    return bench_end(&bench, bench.count);
}
