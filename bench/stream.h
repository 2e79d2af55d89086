/* SPDX-License-Identifier: Apache-2.0
 *
 * What the programs share that use a producer.
 */
#ifndef STREAM_H
#define STREAM_H

#include "bench.h"

#include <datapanel.h>

/* Most objects are smaller. */
enum { STREAM_OBJECT_BYTES = 1280, STREAM_QUEUE_BYTES_MIN = 4 << 20 };

static inline void stream_set(dp_config *config, const char *key, size_t value)
{
    dp_error *error = NULL;
    char text[32];

    snprintf(text, sizeof text, "%zu", value);
    if (dp_config_set(config, key, text, &error) != DP_OK)
        bench_fail(key, dp_error_message(error));
}

/* Settings from the environment, and nothing else but defaults. */
static inline dp_config *stream_config(void)
{
    dp_config *config = dp_config_new();
    dp_error *error = NULL;

    if (dp_config_load(config, NULL, &error) != DP_OK)
        bench_fail("settings", dp_error_message(error));
    return config;
}

/* Memory is bounded as a program would do it that has little: two batches for
 * each request that may be under way. When the queue is full, sending waits
 * for room. */
static inline dp_config *stream_settings(const struct bench *bench)
{
    dp_config *config = stream_config();
    size_t batch_bytes = bench->batch * STREAM_OBJECT_BYTES;
    size_t queue_bytes = 2 * bench->in_flight * batch_bytes;

    if (queue_bytes < STREAM_QUEUE_BYTES_MIN)
        queue_bytes = STREAM_QUEUE_BYTES_MIN;
    stream_set(config, "inflight", bench->in_flight);
    stream_set(config, "batch.objects", bench->batch);
    stream_set(config, "batch.bytes", batch_bytes);
    stream_set(config, "queue.bytes", queue_bytes);
    return config;
}

/* A producer with these settings, which are released. */
static inline dp_producer *stream_open(dp_config *config)
{
    dp_error *error = NULL;
    dp_producer *producer = dp_producer_new(config, &error);

    if (!producer)
        bench_fail("settings", dp_error_message(error));
    dp_config_free(config);
    return producer;
}

static inline void stream_send(dp_producer *producer,
                               const struct bench_object *object)
{
    dp_error *error = NULL;

    if (dp_producer_send(producer, BENCH_TARGET, object->text, object->length,
                         NULL, 60000, NULL, &error)
        != DP_OK)
        bench_fail("dp_producer_send", dp_error_message(error));
}

/* As many of the next objects as stand in a row, handed over at once, as the
 * text that they stand in; says how many. */
static inline size_t stream_send_row(dp_producer *producer, struct bench *bench,
                                     size_t most)
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

/* A counter of the statistics. */
static inline size_t stream_counter(dp_producer *producer, const char *name)
{
    char *stats = dp_producer_stats(producer, "json");
    char member[64];
    const char *at = NULL;
    size_t count = 0;

    snprintf(member, sizeof member, "\"%s\":", name);
    at = stats ? strstr(stats, member) : NULL;
    if (!at || sscanf(at + strlen(member), "%zu", &count) != 1)
        bench_fail("statistics", name);
    dp_free(stats);
    return count;
}

/* Takes the reports that wait. Says how many tell an id; all have to. */
static inline size_t stream_collect(dp_producer *producer, int32_t timeout_ms)
{
    dp_reports *reports = NULL;
    size_t count = 0;

    if (dp_producer_poll(producer, timeout_ms, 0, &reports) != DP_OK)
        bench_fail("dp_producer_poll", "failed");
    count = dp_reports_count(reports);
    for (size_t i = 0; i < count; i++)
        if (!dp_reports_at(reports, i)->id)
            bench_fail("report", dp_reports_at(reports, i)->message);
    dp_reports_free(reports);
    return count;
}

/* Collects until there are `count`, and ends the producer: a spool may hold
 * more than there is room for reports, so none is left to the end. */
static inline void stream_close(dp_producer *producer, size_t done,
                                size_t count)
{
    dp_error *error = NULL;

    dp_producer_flush(producer, 0, NULL); /* what waits for others goes */
    while (done < count) {
        size_t more = stream_collect(producer, 60000);
        if (more == 0)
            bench_fail("report", "is missing");
        done += more;
    }
    if (dp_producer_close(producer, 60000, NULL, &error) != DP_OK)
        bench_fail("dp_producer_close", dp_error_message(error));
    dp_producer_free(producer);
}

#endif /* STREAM_H */
