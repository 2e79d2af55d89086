/* SPDX-License-Identifier: Apache-2.0
 *
 * How many objects four threads together get into one producer, while its own
 * thread is at work and nobody collects. The queue has the default size; so
 * many objects that no call has to wait for room are asked for.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "stream.h"
#include "times.h"

#include <pthread.h>

enum { THREADS = 4 };

struct sender {
    pthread_t thread;
    struct bench bench; /* its own place in the lines */
    dp_producer *producer;
    size_t count;
};

static void *send_all(void *context)
{
    struct sender *sender = (struct sender *)context;

    for (size_t i = 0; i < sender->count; i++)
        stream_send(sender->producer, bench_next(&sender->bench));
    return NULL;
}

int main(int argc, char **argv)
{
    struct sender senders[THREADS];
    struct bench bench;
    dp_producer *producer = NULL;
    double began, took;

    bench_begin(&bench, argc, argv);
    producer = stream_open(stream_config());
    began = times_now();
    for (size_t i = 0; i < THREADS; i++) {
        senders[i].bench = bench;
        senders[i].producer = producer;
        senders[i].count = bench.count / THREADS;
        if (pthread_create(&senders[i].thread, NULL, send_all, &senders[i]))
            bench_fail("pthread_create", "failed");
    }
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(senders[i].thread, NULL);
    took = times_now() - began;
    stream_close(producer, 0, bench.count);
    printf("taken_per_s %.0f ", (double)bench.count * 1e6 / took);
    return bench_end(&bench, bench.count);
}
