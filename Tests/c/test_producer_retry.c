/* SPDX-License-Identifier: Apache-2.0
 *
 * What certainly was not stored is sent again until it is, or until its time
 * is over; then the report tells the last real cause. When the service asks to
 * wait, nothing at all goes to that target in between.
 */
#include "produce.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INCIDENT "2d7f0c1e-93b4-4a6d-8f15-7c0e6a9b3d14"

static void a_passing_fault_is_survived(void)
{
    static const char *const faults[] = {
        "{\"times\":3,\"status\":429}",
        "{\"times\":3,\"status\":408}",
        "{\"times\":3,\"status\":503,\"headers\":{\"Retry-After\":\"0\"}}",
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        dp_producer *producer = PRODUCER("batch.objects", "10",
                                         "linger", "60s");
        struct gathered gathered = { 0 };

        check_row(faults[i]);
        check_fault(faults[i]);
        produce_many(producer, 0, 10);
        gather(&gathered, producer, 10);
        CHECK_INT(check_stat("objects"), 10);
        CHECK_INT(check_stat("requests"), 4);
        for (size_t n = 0; n < gathered.count; n++) {
            const dp_report *report = gathered.reports[n];
            CHECK_CODE(report->code, DP_OK);
            CHECK_INT(report->attempts, 4);
            CHECK_INT(report->flags, 0);
            CHECK(report->message == NULL);
        }
        gathered_free(&gathered);
        dp_producer_free(producer);
    }
    check_row(NULL);
}

/* Throttles the first request for alerts, and notes when others come. */
struct times {
    double throttled;
    double first_after;
    const char *headers;
};

static struct service_answer throttle(const struct service_request *request,
                                      void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };
    struct times *times = (struct times *)context;

    if (!strstr(request->head, "/" ALERT "/"))
        return answer;
    if (times->throttled == 0) {
        times->throttled = check_now();
        answer.status = 429;
        answer.headers = times->headers;
    } else if (times->first_after == 0) {
        times->first_after = check_now();
    }
    return answer;
}

static void a_wait_holds_the_whole_target(void)
{
    struct times times = { 0, 0, "Retry-After: 1\r\n" };
    struct service *service = service_start(throttle, &times);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "1", "inflight", "1");
    struct gathered gathered = { 0 };

    produce_many(producer, 0, 1);
    WAIT_FOR(service_requests(service) == 1);
    produce_many(producer, 1, 20);
    /* Another target has nothing to do with it. */
    CHECK_CODE(dp_producer_send(producer, INCIDENT, "{}", 2, NULL, 0, NULL,
                                NULL), DP_OK);
    gather(&gathered, producer, 22);
    CHECK_INT(gathered_code(&gathered, DP_OK), 22);
    CHECK_INT(service_stored(service, NULL), 22);
    CHECK_INT(service_requests(service), 23);
    CHECK(times.first_after - times.throttled >= 1.0);
    REQUIRE(gathered.count == 22);
    CHECK_INT(gathered.reports[0]->ticket, 22);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* Nothing changes that answer within the time that there is. */
static void a_wait_that_is_too_long_is_reported(void)
{
    struct times times = { 0, 0, "Retry-After: 200\r\n" };
    struct service *service = service_start(throttle, &times);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "batch.objects", "3", "delivery.timeout", "120s");
    struct gathered gathered = { 0 };
    double begun = check_now();

    produce_many(producer, 0, 3);
    gather(&gathered, producer, 3);
    CHECK(check_now() - begun < 50);
    CHECK_INT(gathered_code(&gathered, DP_E_EXPIRED), 3);
    REQUIRE(gathered.count == 3);
    CHECK_HAS(gathered.reports[0]->message, "429");
    CHECK_INT(gathered.reports[0]->stored, DP_STORED_NO);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void expires(const char *endpoint, const char *fault, const char *cause)
{
    dp_producer *producer = PRODUCER("endpoint", endpoint,
        "delivery.timeout", "1500ms", "request.timeout", "1s",
        "connect.timeout", "500ms", "batch.objects", "3");
    struct gathered gathered = { 0 };
    double begun = check_now();
    uint64_t first;

    check_row(cause);
    check_fault(fault);
    first = produce_many(producer, 0, 5);
    gather(&gathered, producer, 5);
    /* Not in vain: what is left must be shorter than the next pause. */
    CHECK(check_now() - begun >= 1.2);
    CHECK(check_now() - begun < 30);
    for (size_t i = 0; i < gathered.count; i++) {
        const dp_report *report = gathered.reports[i];
        char json[16];
        int length = snprintf(json, sizeof json, "{\"n\":%d}",
                              (int)(report->ticket - first));
        CHECK_CODE(report->code, DP_E_EXPIRED);
        CHECK_INT(report->stored, DP_STORED_NO);
        CHECK_HAS(report->message, cause);
        CHECK(report->attempts >= 2);
        CHECK(report->finished_us - report->queued_us >= 1200000);
        CHECK(report->id == NULL);
        CHECK_INT(report->payload_len, length);
        CHECK(report->payload
              && memcmp(report->payload, json, (size_t)length) == 0);
    }
    CHECK_INT(check_stat("objects"), 0);
    check_row(NULL);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void what_is_over_tells_its_cause(void)
{
    char url[64];
    int socket = produce_refusing(url, sizeof url);

    expires(url, NULL, strstr(url, "//") + 2);
    close(socket);
    expires(getenv("DATAPANEL_ENDPOINT"), "{\"times\":0,\"status\":429}",
            "429");
}

static void an_upload_broken_off_is_repeated(void)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    char *json = check_big_object(11000000);

    check_fault("{\"drop\":\"headers\",\"how\":\"reset\"}");
    produce_one(producer, json);
    gather(&gathered, producer, 1);
    REQUIRE(gathered.count == 1);
    CHECK_CODE(gathered.reports[0]->code, DP_OK);
    CHECK_INT(gathered.reports[0]->attempts, 2);
    CHECK_INT(gathered.reports[0]->flags, 0);
    CHECK_INT(check_stat("objects"), 1);
    gathered_free(&gathered);
    dp_producer_free(producer);
    free(json);
}

int main(void)
{
    a_passing_fault_is_survived();
    a_wait_holds_the_whole_target();
    a_wait_that_is_too_long_is_reported();
    what_is_over_tells_its_cause();
    an_upload_broken_off_is_repeated();
    return check_result();
}
