/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends objects with dp_client_submit, one request after the other, and reads
 * each object's id from its report.
 */
#include "bench.h"

#include <datapanel.h>

static size_t submit(struct bench *bench, dp_client *client)
{
    dp_request *request = dp_request_new();
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    size_t stored = 0;

    for (size_t i = 0; i < bench->batch; i++) {
        const struct bench_object *object = bench_next(bench);
        if (dp_request_add(request, object->text, object->length, &error)
            != DP_OK)
            bench_fail("dp_request_add", dp_error_message(error));
    }
    if (dp_client_submit(client, BENCH_TARGET, request, 0, &reports, &error)
        != DP_OK)
        bench_fail("dp_client_submit", dp_error_message(error));
    for (size_t i = 0; i < dp_reports_count(reports); i++)
        stored += dp_reports_at(reports, i)->id != NULL;
    dp_reports_free(reports);
    dp_request_free(request);
    return stored;
}

int main(int argc, char **argv)
{
    struct bench bench;
    dp_error *error = NULL;
    dp_config *config = dp_config_new();
    dp_client *client = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    if (dp_config_load(config, NULL, &error) == DP_OK)
        client = dp_client_new(config, &error);
    if (!client)
        bench_fail("settings", dp_error_message(error));
    for (size_t sent = 0; sent < bench.count; sent += bench.batch)
        done += submit(&bench, client);
    dp_client_free(client);
    dp_config_free(config);
    return bench_end(&bench, done);
}
