/* SPDX-License-Identifier: Apache-2.0
 *
 * When the service refuses a batch, the producer finds the objects that are
 * at fault: they alone are reported, all others are stored once. A batch that
 * is too large is halved until its parts are not.
 */
#include "produce.h"
#include "service.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_MAX 100

/* Refuses what has a bad object in it. */
static struct service_answer refuse_bad(const struct service_request *request,
                                        void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)context;
    if (strstr(request->body, "\"bad\"")) {
        answer.status = 400;
        answer.body = "{\"code\":\"SecMaster.20030001\","
                      "\"message\":\"severity is out of range\"}";
    }
    return answer;
}

static void text_of(char *json, size_t size, size_t i, int bad)
{
    snprintf(json, size, "{\"%s\":%lu}", bad ? "bad" : "good",
             (unsigned long)i);
}

static void is_refusal(const dp_report *report, const char *json)
{
    CHECK_CODE(report->code, DP_E_REJECTED);
    CHECK_INT(report->stored, DP_STORED_NO);
    CHECK_INT(report->http_status, 400);
    CHECK_TEXT(report->server_code, "SecMaster.20030001");
    CHECK_HAS(report->message, "severity is out of range");
    CHECK(report->request_id != NULL && report->id == NULL);
    CHECK_INT(report->payload_len, strlen(json));
    CHECK(report->payload
          && memcmp(report->payload, json, strlen(json)) == 0);
}

/* Sends a batch in which bad[i] tells of each object. Returns how many
 * requests it took. */
static size_t send_batch(const int *bad, size_t count)
{
    struct service *service = service_start(refuse_bad, NULL);
    char size[16];
    dp_producer *producer;
    struct gathered gathered = { 0 };
    uint64_t tickets[COUNT_MAX];
    char json[32];
    size_t requests;

    snprintf(size, sizeof size, "%lu", (unsigned long)count);
    producer = PRODUCER("endpoint", service_url(service),
                        "batch.objects", size, "linger", "60s");
    for (size_t i = 0; i < count; i++) {
        text_of(json, sizeof json, i, bad[i]);
        tickets[i] = produce_one(producer, json);
    }
    gather(&gathered, producer, count);
    for (size_t i = 0; i < count; i++) {
        const dp_report *report = gathered_ticket(&gathered, tickets[i]);
        REQUIRE(report != NULL);
        text_of(json, sizeof json, i, bad[i]);
        if (bad[i]) {
            is_refusal(report, json);
        } else {
            CHECK_CODE(report->code, DP_OK);
            CHECK_INT(report->flags, 0);
        }
        CHECK_INT(service_stored(service, json), !bad[i]);
    }
    requests = service_requests(service);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
    return requests;
}

static int logarithm(size_t value, int up)
{
    int bits = 0;

    while ((size_t)2 << bits <= value)
        bits++;
    return bits + (up && ((size_t)1 << bits) < value);
}

/* The most requests that looking for `bad` of `count` may take. */
static size_t bound(size_t bad, size_t count)
{
    int depth = logarithm(count, 1) - logarithm(bad, 0) + 1;

    return 1 + 2 * bad * (size_t)depth;
}

/* Every way in which some of six objects are bad, but not all of them. */
static void all_subsets(void)
{
    for (unsigned mask = 1; mask < 63; mask++) {
        char name[16];
        int bad[6];
        size_t bad_count = 0;

        snprintf(name, sizeof name, "subset %u", mask);
        check_row(name);
        for (int i = 0; i < 6; i++) {
            bad[i] = (mask >> i) & 1;
            bad_count += (size_t)bad[i];
        }
        CHECK(send_batch(bad, 6) <= bound(bad_count, 6));
    }
    check_row(NULL);
}

static void one_of_hundred(void)
{
    static const size_t places[] = { 0, 1, 49, 50, 63, 99 };

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int bad[100] = { 0 };
        bad[places[i]] = 1;
        CHECK(send_batch(bad, 100) <= bound(1, 100));
    }
}

static void a_few_of_hundred(void)
{
    int bad[100] = { 0 };

    bad[3] = bad[4] = bad[77] = 1;
    CHECK(send_batch(bad, 100) <= bound(3, 100));
}

/* Refuses everything until it is mended. */
static struct service_answer refuse_all(const struct service_request *request,
                                        void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)request;
    if (!*(atomic_int *)context)
        answer.status = 400;
    return answer;
}

/* When nothing at all is accepted, the objects are not at fault. */
static void a_refusal_of_everything_fails_nothing(size_t count)
{
    atomic_int mended = 0;
    struct service *service = service_start(refuse_all, &mended);
    char size[16];
    dp_producer *producer;
    struct gathered gathered = { 0 };
    dp_reports *reports = NULL;

    snprintf(size, sizeof size, "%lu", (unsigned long)count);
    check_row(size);
    producer = PRODUCER("endpoint", service_url(service),
                        "batch.objects", size, "linger", "60s");
    produce_many(producer, 0, count);
    CHECK_CODE(dp_producer_flush(producer, 2000, NULL), DP_E_WAIT);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK(reports == NULL);
    CHECK_INT(produce_queued(producer), count);
    /* To the first of them, then eight or all, and at most one probe. */
    CHECK(service_requests(service)
          <= 2 * (size_t)logarithm(count, 1) + 10);
    mended = 1;
    gather(&gathered, producer, count);
    CHECK_INT(gathered_code(&gathered, DP_OK), count);
    CHECK_INT(service_stored(service, NULL), count);
    CHECK_INT(service_stored(service, "{\"n\":0}"), 1);
    check_row(NULL);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* Takes at most three objects at a time, and none with "bad" in it. */
static struct service_answer three_at_most(
    const struct service_request *request, void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)context;
    if (request->count > 3 || strstr(request->body, "\"bad\""))
        answer.status = 413;
    return answer;
}

static void what_is_too_large_is_halved(void)
{
    struct service *service = service_start(three_at_most, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "batch.objects", "20", "linger", "60s", "backoff.base", "20s",
        "backoff.cap", "30s");
    struct gathered gathered = { 0 };
    uint64_t ticket;
    double begun = check_now();

    produce_many(producer, 0, 19);
    ticket = produce_one(producer, "{\"bad\":0}");
    gather(&gathered, producer, 20);
    CHECK(check_now() - begun < 15);
    CHECK_INT(gathered_code(&gathered, DP_OK), 19);
    CHECK_INT(gathered_code(&gathered, DP_E_TOO_LARGE), 1);
    REQUIRE(gathered_ticket(&gathered, ticket) != NULL);
    CHECK_CODE(gathered_ticket(&gathered, ticket)->code, DP_E_TOO_LARGE);
    CHECK_INT(gathered_ticket(&gathered, ticket)->stored, DP_STORED_NO);
    CHECK_INT(service_stored(service, NULL), 19);
    CHECK_INT(service_stored(service, "{\"n\":18}"), 1);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

int main(void)
{
    all_subsets();
    one_of_hundred();
    a_few_of_hundred();
    a_refusal_of_everything_fails_nothing(4);
    a_refusal_of_everything_fails_nothing(100);
    what_is_too_large_is_halved();
    return check_result();
}
