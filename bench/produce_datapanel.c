/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends objects one by one through a producer, which makes the batches, and
 * collects the report of each.
 */
#include "bench.h"

#include <datapanel.h>

static size_t collect(dp_producer *producer, int32_t timeout_ms)
{
    dp_reports *reports = NULL;
    size_t stored = 0;

    if (dp_producer_poll(producer, timeout_ms, 0, &reports) != DP_OK)
        bench_fail("dp_producer_poll", "failed");
    for (size_t i = 0; i < dp_reports_count(reports); i++)
        stored += dp_reports_at(reports, i)->id != NULL;
    dp_reports_free(reports);
    return stored;
}

static dp_producer *make(const struct bench *bench, dp_error **error)
{
    dp_config *config = dp_config_new();
    dp_producer *producer = NULL;
    char batch[32];
    char in_flight[32];

    snprintf(batch, sizeof batch, "%zu", bench->batch);
    snprintf(in_flight, sizeof in_flight, "%zu", bench->in_flight);
    if (dp_config_load(config, NULL, error) == DP_OK
        && dp_config_set(config, "batch.objects", batch, error) == DP_OK
        && dp_config_set(config, "inflight", in_flight, error) == DP_OK
        && dp_config_set(config, "queue.bytes", "8MiB", error) == DP_OK
        && dp_config_set(config, "batch.bytes", "256KiB", error) == DP_OK)
        producer = dp_producer_new(config, error);
    dp_config_free(config);
    return producer;
}

int main(int argc, char **argv)
{
    struct bench bench;
    dp_error *error = NULL;
    dp_producer *producer = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    producer = make(&bench, &error);
    if (!producer)
        bench_fail("settings", dp_error_message(error));
    for (size_t sent = 0; sent < bench.count; sent++) {
        const struct bench_object *object = bench_next(&bench);
        if (dp_producer_send(producer, BENCH_TARGET, object->text,
                             object->length, NULL, 60000, NULL, &error)
            != DP_OK)
            bench_fail("dp_producer_send", dp_error_message(error));
        if (sent % 1000 == 999)
            done += collect(producer, 0);
    }
    if (dp_producer_close(producer, 60000, NULL, &error) != DP_OK)
        bench_fail("dp_producer_close", dp_error_message(error));
    while (done < bench.count)
        done += collect(producer, 1000);
    dp_producer_free(producer);
    return bench_end(&bench, done);
}
