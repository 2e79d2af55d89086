/* SPDX-License-Identifier: Apache-2.0
 *
 * The setting "reports" says which outcomes are told; reports that nobody
 * collects are kept up to a bound, and the oldest beyond it are dropped.
 */
#include "produce.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT 100000
#define BEYOND 50

/* Refuses what has a bad object in it. */
static struct service_answer refuse_bad(const struct service_request *request,
                                        void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)context;
    if (strstr(request->body, "\"bad\""))
        answer.status = 400;
    return answer;
}

static void only_what_is_asked_for(const char *setting, size_t good,
                                   size_t bad)
{
    struct service *service = service_start(refuse_bad, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "reports", setting);
    struct gathered gathered = { 0 };
    dp_reports *reports = NULL;

    check_row(setting);
    produce_many(producer, 0, 10);
    produce_one(producer, "{\"bad\":1}");
    produce_many(producer, 10, 10);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    CHECK_INT(produce_queued(producer), 0);
    CHECK_INT(service_stored(service, NULL), 20);
    gather(&gathered, producer, good + bad);
    CHECK_INT(gathered_code(&gathered, DP_OK), good);
    CHECK_INT(gathered_code(&gathered, DP_E_REJECTED), bad);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK(reports == NULL);
    check_row(NULL);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* A reply without the id of one object: the others are no failures. */
static struct service_answer leave_one_out(
    const struct service_request *request, void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)request;
    (void)context;
    answer.body = "[{\"id\":\"a\"},{},{\"id\":\"c\"}]";
    return answer;
}

static void of_a_batch_only_the_failures(void)
{
    struct service *service = service_start(leave_one_out, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "reports", "failures", "batch.objects", "3", "linger", "60s");
    struct gathered gathered = { 0 };

    produce_many(producer, 0, 3);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    gather(&gathered, producer, 1);
    REQUIRE(gathered.count > 0);
    CHECK_CODE(gathered.reports[0]->code, DP_E_REPLY_ITEM);
    CHECK_INT(gathered.reports[0]->ticket, 2);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void they_come_in_portions(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service));
    dp_reports *reports = NULL;
    double begun = check_now();

    /* It waits as long as it is told to, and not at all. */
    CHECK_CODE(dp_producer_poll(producer, 300, 0, &reports), DP_OK);
    CHECK(reports == NULL);
    CHECK(check_now() - begun >= 0.29);
    CHECK_CODE(dp_producer_poll(producer, -1, 0, &reports), DP_E_ARGUMENT);
    produce_many(producer, 0, 10);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    for (size_t left = 10; left > 0; left -= dp_reports_count(reports)) {
        dp_reports_free(reports);
        CHECK_CODE(dp_producer_poll(producer, 60000, 4, &reports), DP_OK);
        CHECK_INT(dp_reports_count(reports), left < 4 ? left : 4);
        REQUIRE(reports != NULL);
    }
    dp_reports_free(reports);
    dp_producer_free(producer);
    service_stop(service);
}

static void the_oldest_are_dropped(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "1000",
                                     "inflight", "1");
    dp_reports *reports = NULL;
    char *text = (char *)malloc(3 * (KEPT + BEYOND));
    size_t in_order = 0;
    size_t count = 0;

    REQUIRE(text != NULL);
    for (size_t i = 0; i < KEPT + BEYOND; i++)
        memcpy(text + 3 * i, "{}\n", 3);
    CHECK_CODE(dp_producer_send_many(producer, ALERT, text,
                                     3 * (KEPT + BEYOND), NULL, 60000, NULL,
                                     &count, NULL), DP_OK);
    CHECK_INT(count, KEPT + BEYOND);
    CHECK_CODE(dp_producer_flush(producer, 300000, NULL), DP_OK);
    CHECK_INT(service_stored(service, NULL), KEPT + BEYOND);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK_INT(dp_reports_count(reports), KEPT);
    for (size_t i = 0; i < dp_reports_count(reports); i++)
        in_order += dp_reports_at(reports, i)->ticket == BEYOND + 1 + i;
    CHECK_INT(in_order, KEPT);
    dp_reports_free(reports);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK(reports == NULL);
    dp_producer_free(producer);
    service_stop(service);
    free(text);
}

int main(void)
{
    only_what_is_asked_for("all", 20, 1);
    only_what_is_asked_for("failures", 0, 1);
    only_what_is_asked_for("none", 0, 0);
    of_a_batch_only_the_failures();
    they_come_in_portions();
    the_oldest_are_dropped();
    return check_result();
}
