/* SPDX-License-Identifier: Apache-2.0
 *
 * Closing sends what there is, for as long as it may, and hands back the rest
 * with its payload: what was taken was either reported or comes back.
 */
#include "produce.h"
#include "service.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void is_closed(dp_producer *producer)
{
    dp_reports *left = NULL;
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    size_t count = 7;
    char *stats;

    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL,
                                &error), DP_E_CLOSED);
    CHECK_CODE(dp_error_code(error), DP_E_CLOSED);
    dp_error_free(error);
    /* There is nothing to wait for, so it does not. */
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, INT32_MAX,
                                NULL, NULL), DP_E_CLOSED);
    CHECK_CODE(dp_producer_send_many(producer, ALERT, "{}{}", 4, NULL, 0, NULL,
                                     &count, NULL), DP_E_CLOSED);
    CHECK_INT(count, 0);
    CHECK_CODE(dp_producer_flush(producer, 1000, NULL), DP_E_CLOSED);
    CHECK_CODE(dp_producer_pause(producer, NULL, 1), DP_E_CLOSED);
    CHECK_CODE(dp_producer_purge(producer, NULL, NULL), DP_E_CLOSED);
    CHECK_CODE(dp_producer_close(producer, 1000, &left, &error), DP_E_CLOSED);
    CHECK_CODE(dp_error_code(error), DP_E_CLOSED);
    dp_error_free(error);
    CHECK(left == NULL);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK(reports == NULL);
    CHECK_INT(produce_queued(producer), 0);
    stats = dp_producer_stats(producer, NULL);
    CHECK(stats != NULL);
    dp_free(stats);
}

static void with_nothing_to_do(void)
{
    dp_producer *producer = produce_with(NULL);
    dp_reports *left = NULL;
    dp_error *error = NULL;

    CHECK_CODE(dp_producer_close(producer, 0, &left, &error), DP_OK);
    CHECK(left == NULL && error == NULL);
    is_closed(producer);
    dp_producer_free(producer);
}

/* It does not wait for batches to fill. */
static void what_can_be_sent_is_sent(void)
{
    dp_producer *producer = PRODUCER("linger", "60s", "batch.objects", "3");
    struct gathered gathered = { 0 };
    dp_reports *left = NULL;
    double begun = check_now();

    check_fault(NULL);
    produce_many(producer, 0, 100);
    CHECK_CODE(dp_producer_close(producer, 60000, &left, NULL), DP_OK);
    CHECK(check_now() - begun < 50);
    CHECK(left == NULL);
    CHECK_INT(check_stat("objects"), 100);
    gather(&gathered, producer, 100);
    CHECK_INT(gathered_code(&gathered, DP_OK), 100);
    is_closed(producer);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

/* The objects {"n":first} and so on, once each; the first `in_doubt` of them
 * may be stored. */
static void are_left(const dp_reports *left, size_t first, size_t count,
                     size_t in_doubt)
{
    static char seen[1000];

    memset(seen, 0, sizeof seen);
    CHECK_INT(dp_reports_count(left), count);
    for (size_t i = 0; i < dp_reports_count(left); i++) {
        const dp_report *report = dp_reports_at(left, i);
        char json[32];
        int length;

        REQUIRE(report->ticket > first && report->ticket <= first + count);
        CHECK(!seen[report->ticket]);
        seen[report->ticket] = 1;
        length = snprintf(json, sizeof json, "{\"n\":%lu}",
                          (unsigned long)report->ticket - 1);
        CHECK_CODE(report->code, DP_E_CANCELLED);
        if (report->ticket > first + in_doubt)
            CHECK_INT(report->stored, DP_STORED_NO);
        else
            CHECK(report->stored != DP_STORED_YES);
        CHECK(report->message != NULL && report->id == NULL);
        CHECK_INT(report->payload_len, length);
        CHECK(report->payload
              && memcmp(report->payload, json, (size_t)length) == 0);
        CHECK(report->queued_us <= report->finished_us);
    }
}

static void what_cannot_be_sent_comes_back(void)
{
    char url[64];
    int socket = produce_refusing(url, sizeof url);
    dp_producer *producer = PRODUCER("endpoint", url, "batch.objects", "3");
    dp_reports *left = NULL;
    dp_error *error = NULL;
    double begun = check_now();

    produce_many(producer, 0, 7);
    CHECK_CODE(dp_producer_close(producer, 300, &left, &error),
               DP_E_CANCELLED);
    CHECK(check_now() - begun >= 0.29);
    CHECK(check_now() - begun < 10);
    CHECK_CODE(dp_error_code(error), DP_E_CANCELLED);
    CHECK_HAS(dp_error_message(error), "7");
    are_left(left, 0, 7, 0);
    is_closed(producer);
    dp_error_free(error);
    dp_producer_free(producer);
    /* They outlive the producer. */
    are_left(left, 0, 7, 0);
    dp_reports_free(left);
    close(socket);
}

/* What is under way may be stored, what waits behind it is not. */
static void what_is_under_way_comes_back_in_doubt(void)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "3", "inflight", "2");
    dp_reports *left = NULL;
    size_t in_doubt = 0;

    produce_many(producer, 0, 12);
    WAIT_FOR(service_requests(service) == 2);
    CHECK_CODE(dp_producer_close(producer, 0, &left, NULL), DP_E_CANCELLED);
    CHECK_INT(dp_reports_count(left), 12);
    for (size_t i = 0; i < dp_reports_count(left); i++) {
        const dp_report *report = dp_reports_at(left, i);
        CHECK_CODE(report->code, DP_E_CANCELLED);
        in_doubt += report->stored == DP_STORED_MAYBE;
        CHECK_INT(report->stored, report->ticket <= 6 ? DP_STORED_MAYBE
                                                      : DP_STORED_NO);
        CHECK_INT(report->attempts, report->ticket <= 6);
    }
    CHECK_INT(in_doubt, 6);
    is_closed(producer);
    dp_reports_free(left);
    dp_producer_free(producer);
    service_open(&gate);
    service_stop(service);
}

/* Stores the first so many requests, then throttles. */
static struct service_answer so_many(const struct service_request *request,
                                     void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    if (request->number >= *(size_t *)context)
        answer.status = 429;
    return answer;
}

static void all_that_was_taken_is_accounted_for(void)
{
    size_t requests = 4;
    struct service *service = service_start(so_many, &requests);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "5", "inflight", "1");
    struct gathered gathered = { 0 };
    dp_reports *left = NULL;

    produce_many(producer, 0, 100);
    WAIT_FOR(service_requests(service) > requests);
    CHECK_CODE(dp_producer_close(producer, 0, &left, NULL), DP_E_CANCELLED);
    gather(&gathered, producer, 20);
    CHECK_INT(gathered_code(&gathered, DP_OK), 20);
    are_left(left, 20, 80, 5);
    is_closed(producer);
    gathered_free(&gathered);
    dp_reports_free(left);
    dp_producer_free(producer);
    service_stop(service);
}

static const int32_t patience_ms = (int32_t)(PATIENCE * 1000);

static void *wait_for_room(void *context)
{
    dp_producer *producer = (dp_producer *)context;

    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, patience_ms,
                                NULL, NULL), DP_E_CLOSED);
    return NULL;
}

static void *wait_for_outcomes(void *context)
{
    dp_producer *producer = (dp_producer *)context;
    dp_code code = dp_producer_flush(producer, patience_ms, NULL);

    /* By then all of it has its outcome, or the producer is closed. */
    CHECK(code == DP_OK || code == DP_E_CLOSED);
    return NULL;
}

static void *wait_for_reports(void *context)
{
    dp_producer *producer = (dp_producer *)context;
    dp_reports *reports = NULL;

    CHECK_CODE(dp_producer_poll(producer, patience_ms, 0, &reports), DP_OK);
    dp_reports_free(reports);
    return NULL;
}

/* Nobody waits for something that cannot come any more. */
static void those_who_wait_are_released(void)
{
    void *(*const waits[])(void *) = { wait_for_room, wait_for_outcomes,
                                       wait_for_reports };
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "queue.objects", "3",
                                     "batch.objects", "3");
    pthread_t threads[3];
    dp_reports *left = NULL;
    double begun = check_now();

    produce_many(producer, 0, 3);
    for (int i = 0; i < 3; i++)
        REQUIRE(pthread_create(&threads[i], NULL, waits[i], producer) == 0);
    WAIT_FOR(service_requests(service) == 1);
    CHECK_CODE(dp_producer_close(producer, 200, &left, NULL), DP_E_CANCELLED);
    are_left(left, 0, 3, 3);
    for (int i = 0; i < 3; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    CHECK(check_now() - begun < PATIENCE / 2);
    dp_reports_free(left);
    dp_producer_free(producer);
    service_open(&gate);
    service_stop(service);
}

int main(void)
{
    with_nothing_to_do();
    what_can_be_sent_is_sent();
    what_cannot_be_sent_comes_back();
    what_is_under_way_comes_back_in_doubt();
    all_that_was_taken_is_accounted_for();
    those_who_wait_are_released();
    return check_result();
}
