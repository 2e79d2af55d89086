/* SPDX-License-Identifier: Apache-2.0
 *
 * How long a producer takes to begin when a process before it left COUNT
 * objects in the spool, and was killed. The system still has them in memory.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "stream.h"
#include "times.h"

#include <sys/wait.h>
#include <unistd.h>

static dp_config *settings(void)
{
    dp_config *config = stream_config();

    if (dp_config_set(config, "spool.sync", "none", NULL) != DP_OK)
        bench_fail("spool.sync", "not taken");
    return config;
}

/* In a process of its own, which ends without a word. */
static void leave_objects(struct bench *bench)
{
    int status = 1;
    pid_t child = fork();

    if (child == 0) {
        dp_producer *producer = stream_open(settings());

        if (dp_producer_pause(producer, NULL, 1) != DP_OK)
            bench_fail("dp_producer_pause", "failed");
        for (size_t sent = 0; sent < bench->count;)
            sent += stream_send_row(producer, bench, bench->count - sent);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        bench_fail("fork", "the process that fills the spool failed");
}

int main(int argc, char **argv)
{
    struct bench bench;
    dp_producer *producer = NULL;
    size_t found = 0;
    double began, took;

    bench_begin(&bench, argc, argv);
    leave_objects(&bench);
    began = times_now();
    producer = stream_open(settings());
    took = times_now() - began;
    found = stream_counter(producer, "spool_recovered");
    if (found != bench.count)
        bench_fail("spool", "not all that was left is found");
    dp_producer_free(producer);
    printf("reopen_s %.3f ", took / 1e6);
    return bench_end(&bench, bench.count);
}
