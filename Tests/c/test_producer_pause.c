/* SPDX-License-Identifier: Apache-2.0
 *
 * Sending to a target, or to all, can be stopped and gone on with; what waits
 * can be given up, and is reported with its payload.
 */
#include "produce.h"
#include "service.h"

#include <string.h>

#define INCIDENT "2d7f0c1e-93b4-4a6d-8f15-7c0e6a9b3d14"

static void send_incident(dp_producer *producer)
{
    CHECK_CODE(dp_producer_send(producer, INCIDENT, "{\"i\":1}", 7, NULL, 0,
                                NULL, NULL), DP_OK);
}

static void a_target_stands_still(const char *target)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service));
    struct gathered gathered = { 0 };
    size_t others = target ? 3 : 0;

    check_row(target ? target : "all targets");
    CHECK_CODE(dp_producer_pause(producer, target, 1), DP_OK);
    produce_many(producer, 0, 5);
    for (int i = 0; i < 3; i++)
        send_incident(producer);
    gather(&gathered, producer, others);
    CHECK_CODE(dp_producer_flush(producer, 200, NULL), DP_E_WAIT);
    CHECK_INT(service_stored(service, NULL), others);
    CHECK_INT(produce_queued(producer), 8 - others);
    /* Twice is no more than once. */
    CHECK_CODE(dp_producer_pause(producer, target, 1), DP_OK);
    CHECK_CODE(dp_producer_pause(producer, target, 0), DP_OK);
    gather(&gathered, producer, 8);
    CHECK_INT(gathered_code(&gathered, DP_OK), 8);
    CHECK_INT(service_stored(service, NULL), 8);
    check_row(NULL);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* A target is paused by its name, or with all the others. */
static void all_go_on_together(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service));
    struct gathered gathered = { 0 };

    CHECK_CODE(dp_producer_pause(producer, ALERT, 1), DP_OK);
    CHECK_CODE(dp_producer_pause(producer, INCIDENT, 1), DP_OK);
    produce_many(producer, 0, 2);
    send_incident(producer);
    CHECK_CODE(dp_producer_pause(producer, NULL, 0), DP_OK);
    gather(&gathered, producer, 3);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void a_pause_stops_no_clock(void)
{
    dp_producer *producer = PRODUCER("delivery.timeout", "500ms",
        "request.timeout", "500ms", "connect.timeout", "500ms");
    struct gathered gathered = { 0 };

    check_fault(NULL);
    CHECK_CODE(dp_producer_pause(producer, NULL, 1), DP_OK);
    produce_many(producer, 0, 2);
    gather(&gathered, producer, 2);
    CHECK_INT(gathered_code(&gathered, DP_E_EXPIRED), 2);
    CHECK_INT(check_stat("requests"), 0);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

/* What is under way ends as it does; what waits is cancelled. */
static void what_waits_is_given_up(void)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "2", "inflight", "1");
    struct gathered gathered = { 0 };
    size_t count = 7;

    produce_many(producer, 0, 10);
    send_incident(producer);
    WAIT_FOR(service_requests(service) == 1);
    CHECK_CODE(dp_producer_purge(producer, ALERT, &count), DP_OK);
    CHECK_INT(count, 8);
    gather(&gathered, producer, 8);
    for (size_t i = 0; i < gathered.count; i++) {
        const dp_report *report = gathered.reports[i];
        CHECK_CODE(report->code, DP_E_CANCELLED);
        CHECK_INT(report->stored, DP_STORED_NO);
        CHECK_INT(report->ticket, i + 3);
        CHECK_INT(report->payload_len, strlen("{\"n\":2}"));
        CHECK(report->message != NULL);
    }
    CHECK_INT(produce_queued(producer), 3);
    CHECK_CODE(dp_producer_purge(producer, ALERT, &count), DP_OK);
    CHECK_INT(count, 0);
    service_open(&gate);
    gather(&gathered, producer, 11);
    CHECK_INT(gathered_code(&gathered, DP_OK), 3);
    CHECK_INT(service_stored(service, NULL), 3);
    /* It goes on as before. */
    produce_many(producer, 10, 2);
    gather(&gathered, producer, 13);
    CHECK_INT(gathered_code(&gathered, DP_OK), 5);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void all_that_waits_is_given_up(void)
{
    dp_producer *producer = PRODUCER("linger", "60s");
    struct gathered gathered = { 0 };
    size_t count = 0;

    check_fault(NULL);
    produce_many(producer, 0, 5);
    send_incident(producer);
    CHECK_CODE(dp_producer_purge(producer, NULL, &count), DP_OK);
    CHECK_INT(count, 6);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    gather(&gathered, producer, 6);
    CHECK_INT(gathered_code(&gathered, DP_E_CANCELLED), 6);
    CHECK_INT(check_stat("requests"), 0);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

int main(void)
{
    a_target_stands_still(ALERT);
    a_target_stands_still(NULL);
    all_go_on_together();
    a_pause_stops_no_clock();
    what_waits_is_given_up();
    all_that_waits_is_given_up();
    return check_result();
}
