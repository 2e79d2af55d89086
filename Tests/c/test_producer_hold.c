/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person has to mend holds a target and fails no object: they are
 * delivered once it is mended, or expire with the cause.
 */
#include "produce.h"

#include <string.h>

#define INCIDENT "2d7f0c1e-93b4-4a6d-8f15-7c0e6a9b3d14"

static void a_stale_token_holds_everything(void)
{
    dp_producer *producer = PRODUCER("auth.token", "stale",
                                     "batch.objects", "5");
    struct gathered gathered = { 0 };
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    check_fault(NULL);
    produce_many(producer, 0, 50);
    WAIT_FOR(check_stat("requests") >= 1);
    CHECK_CODE(dp_producer_flush(producer, 300, NULL), DP_E_WAIT);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK(reports == NULL);
    CHECK_INT(produce_queued(producer), 50);
    /* Those that were under way, each once more, and at most one probe. */
    CHECK(check_stat("requests") <= 9);
    CHECK_CODE(dp_producer_set(producer, "auth.token", TOKEN, &error), DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    gather(&gathered, producer, 50);
    CHECK_INT(gathered_code(&gathered, DP_OK), 50);
    CHECK_INT(check_stat("objects"), 50);
    for (size_t i = 0; i < gathered.count; i++)
        CHECK_INT(gathered.reports[i]->flags, 0);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void one_target_holds_up_no_other(void)
{
    dp_producer *producer = PRODUCER("batch.objects", "5");
    struct gathered gathered = { 0 };

    check_fault("{\"status\":403,\"times\":0,\"path\":\"" ALERT "\"}");
    produce_many(producer, 0, 10);
    WAIT_FOR(check_stat("requests") >= 1);
    for (int i = 0; i < 10; i++)
        CHECK_CODE(dp_producer_send(producer, INCIDENT, "{}", 2, NULL, 0, NULL,
                                    NULL), DP_OK);
    gather(&gathered, producer, 10);
    CHECK_INT(gathered_code(&gathered, DP_OK), 10);
    CHECK_INT(check_stat("objects"), 10);
    CHECK_INT(produce_queued(producer), 10);
    for (size_t i = 0; i < gathered.count; i++)
        CHECK(gathered.reports[i]->ticket > 10);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

/* The producer looks for itself, now and then, whether things are better. */
static void what_is_mended_elsewhere_is_noticed(void)
{
    static const char *const faults[] = {
        "{\"status\":403,\"times\":1}",
        "{\"status\":404,\"times\":1}",
        "{\"status\":302,\"headers\":{\"Location\":\"/\"},\"times\":1}",
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        dp_producer *producer = PRODUCER("batch.objects", "5",
                                         "inflight", "1");
        struct gathered gathered = { 0 };

        check_row(faults[i]);
        check_fault(faults[i]);
        produce_many(producer, 0, 5);
        gather(&gathered, producer, 5);
        CHECK_INT(gathered_code(&gathered, DP_OK), 5);
        CHECK_INT(check_stat("objects"), 5);
        gathered_free(&gathered);
        dp_producer_free(producer);
    }
    check_row(NULL);
}

static void what_is_never_mended_expires(void)
{
    static const struct {
        const char *fault;
        const char *cause;
    } rows[] = {
        { "{\"status\":401,\"times\":0}", "401" },
        { "{\"status\":403,\"times\":0}", "403" },
        { "{\"status\":404,\"times\":0}", "404" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_producer *producer = PRODUCER("delivery.timeout", "1s",
            "request.timeout", "1s", "connect.timeout", "1s");
        struct gathered gathered = { 0 };

        check_row(rows[i].fault);
        check_fault(rows[i].fault);
        produce_many(producer, 0, 3);
        gather(&gathered, producer, 3);
        CHECK_INT(gathered_code(&gathered, DP_E_EXPIRED), 3);
        REQUIRE(gathered.count == 3);
        CHECK_HAS(gathered.reports[2]->message, rows[i].cause);
        CHECK_INT(gathered.reports[2]->stored, DP_STORED_NO);
        CHECK_INT(gathered.reports[2]->payload_len, strlen("{\"n\":2}"));
        gathered_free(&gathered);
        dp_producer_free(producer);
    }
    check_row(NULL);
}

int main(void)
{
    a_stale_token_holds_everything();
    one_target_holds_up_no_other();
    what_is_mended_elsewhere_is_noticed();
    what_is_never_mended_expires();
    return check_result();
}
