/* SPDX-License-Identifier: Apache-2.0
 *
 * A producer whose service is down, a program that never stops sending, and
 * nobody who collects reports: how long a refusal takes, how much memory there
 * is, and whether everything that was taken is accounted for in the end.
 * It goes on until COUNT calls were refused.
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include "stream.h"
#include "times.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* So many refusals are timed; more times would be memory of this program and
 * not of the library. */
enum { TIMED_MAX = 200000 };

/* An address where nobody listens, and nobody else can begin to. */
static void use_dead_address(dp_config *config)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int taken = socket(AF_INET, SOCK_STREAM, 0);
    char endpoint[64];

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (taken < 0
        || bind(taken, (struct sockaddr *)&address, sizeof address) != 0
        || getsockname(taken, (struct sockaddr *)&address, &length) != 0)
        bench_fail("bind", strerror(errno));
    snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%d",
             ntohs(address.sin_port));
    if (dp_config_set(config, "endpoint", endpoint, NULL) != DP_OK)
        bench_fail(endpoint, "not taken");
}

/* Sends until so many calls were refused; says how many objects were taken. */
static size_t send_until_refused(struct bench *bench, dp_producer *producer,
                                 struct times *refusals)
{
    size_t taken = 0;
    size_t refused = 0;

    while (refused < bench->count) {
        const struct bench_object *object = bench_next(bench);
        dp_error *error = NULL;
        double began = times_now();
        dp_code code = dp_producer_send(producer, BENCH_TARGET, object->text,
                                        object->length, NULL, 0, NULL, &error);
        double took = times_now() - began;

        if (code == DP_OK)
            taken++;
        else if (code != DP_E_QUEUE_FULL)
            bench_fail("dp_producer_send", dp_error_message(error));
        else if (++refused <= TIMED_MAX)
            times_add(refusals, took);
        dp_error_free(error);
    }
    return taken;
}

/* How many objects have a report, or are handed back as they are. */
static size_t account_for(dp_producer *producer)
{
    dp_reports *left = NULL;
    dp_reports *reports = NULL;
    size_t count = stream_counter(producer, "reports_dropped");

    dp_producer_close(producer, 0, &left, NULL);
    dp_producer_poll(producer, 0, 0, &reports);
    count += dp_reports_count(left) + dp_reports_count(reports);
    dp_reports_free(left);
    dp_reports_free(reports);
    return count;
}

int main(int argc, char **argv)
{
    struct bench bench;
    struct times refusals = {NULL, 0};
    dp_config *config = NULL;
    dp_producer *producer = NULL;
    unsigned long peak = 0;
    size_t taken = 0;

    bench_begin(&bench, argc, argv);
    config = stream_config();
    use_dead_address(config);
    producer = stream_open(config);
    times_reserve(&refusals, bench.count < TIMED_MAX ? bench.count : TIMED_MAX);
    taken = send_until_refused(&bench, producer, &refusals);
    peak = bench_peak_kib();
    printf("taken %zu accounted %zu rss_kib %lu ", taken,
           account_for(producer), peak);
    dp_producer_free(producer);
    if (bench.count > 0)
        times_print("refusal", &refusals);
    return bench_end(&bench, bench.count);
}
