/* SPDX-License-Identifier: Apache-2.0
 *
 * How many objects one sync of the disk is for with spool.sync = always, when
 * a program hands over as many at once as it has: here all of its lines.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "stream.h"
#include "times.h"

int main(int argc, char **argv)
{
    struct bench bench;
    dp_config *config = NULL;
    dp_producer *producer = NULL;
    size_t done = 0;
    size_t syncs = 0;
    double began, took;

    bench_begin(&bench, argc, argv);
    config = stream_settings(&bench);
    if (dp_config_set(config, "spool.sync", "always", NULL) != DP_OK)
        bench_fail("spool.sync", "not taken");
    producer = stream_open(config);
    began = times_now();
    for (size_t sent = 0; sent < bench.count;) {
        sent += stream_send_row(producer, &bench, bench.count - sent);
        done += stream_collect(producer, 0);
    }
    took = times_now() - began;
    syncs = stream_counter(producer, "spool_syncs");
    stream_close(producer, done, bench.count);
    printf("synced_per_s %.0f ", (double)bench.count * 1e6 / took);
    printf("objects_per_sync %.1f ",
           (double)bench.count / (double)(syncs ? syncs : 1));
    return bench_end(&bench, bench.count);
}
