/* SPDX-License-Identifier: Apache-2.0
 *
 * When nobody can tell whether an attempt stored its objects, the setting
 * "ambiguous.policy" decides: try again, and flag the success as a possible
 * duplicate; or report, and leave it to the caller.
 */
#include "produce.h"

#include <stdlib.h>

/* What happens once, and what it is when it is reported. */
static const struct row {
    const char *fault;
    dp_code code;
    int stores; /* whether the attempt stores the objects in secret */
} rows[] = {
    { "{\"status\":500}", DP_E_SERVER, 0 },
    { "{\"status\":500,\"store\":true}", DP_E_SERVER, 1 },
    { "{\"status\":502}", DP_E_SERVER, 0 },
    { "{\"status\":504,\"store\":true}", DP_E_SERVER, 1 },
    { "{\"drop\":\"body\"}", DP_E_NO_REPLY, 0 },
    { "{\"drop\":\"stored\"}", DP_E_NO_REPLY, 1 },
    { "{\"drop\":\"stored\",\"how\":\"reset\"}", DP_E_NO_REPLY, 1 },
    { "{\"stall\":true,\"store\":true}", DP_E_TIMEOUT, 1 },
};

#define ROWS (sizeof rows / sizeof rows[0])

/* A producer that sends three objects at once. */
static dp_producer *of_three(const char *policy, const char *attempts)
{
    return PRODUCER("batch.objects", "3", "linger", "60s",
                    "request.timeout", "2s", "connect.timeout", "2s",
                    "ambiguous.policy", policy,
                    "ambiguous.attempts", attempts);
}

static void it_is_retried_and_flagged(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        dp_producer *producer = of_three("retry", "3");
        struct gathered gathered = { 0 };

        check_row(rows[i].fault);
        check_fault(rows[i].fault);
        produce_many(producer, 0, 3);
        gather(&gathered, producer, 3);
        for (size_t n = 0; n < gathered.count; n++) {
            const dp_report *report = gathered.reports[n];
            CHECK_CODE(report->code, DP_OK);
            CHECK_INT(report->stored, DP_STORED_YES);
            CHECK_INT(report->flags, DP_POSSIBLE_DUPLICATE);
            CHECK_INT(report->attempts, 2);
            CHECK(report->id != NULL);
        }
        CHECK_INT(check_stat("requests"), 2);
        CHECK_INT(check_stat("objects"), rows[i].stores ? 6 : 3);
        /* The next ones have nothing to do with it. */
        produce_many(producer, 3, 3);
        gather(&gathered, producer, 6);
        for (size_t n = 3; n < gathered.count; n++)
            CHECK_INT(gathered.reports[n]->flags, 0);
        gathered_free(&gathered);
        dp_producer_free(producer);
    }
    check_row(NULL);
}

static void it_is_reported(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        dp_producer *producer = of_three("fail", "3");
        struct gathered gathered = { 0 };

        check_row(rows[i].fault);
        check_fault(rows[i].fault);
        produce_many(producer, 0, 3);
        gather(&gathered, producer, 3);
        for (size_t n = 0; n < gathered.count; n++) {
            const dp_report *report = gathered.reports[n];
            CHECK_CODE(report->code, rows[i].code);
            CHECK_INT(report->stored, DP_STORED_MAYBE);
            CHECK_INT(report->flags, 0);
            CHECK_INT(report->attempts, 1);
            CHECK(report->message != NULL && report->id == NULL);
            CHECK_INT(report->payload_len, 7);
        }
        CHECK_INT(check_stat("requests"), 1);
        CHECK_INT(check_stat("objects"), rows[i].stores ? 3 : 0);
        gathered_free(&gathered);
        dp_producer_free(producer);
    }
    check_row(NULL);
}

/* Three tries, and no more, may have stored an object. */
static void it_is_not_retried_for_ever(void)
{
    dp_producer *producer = of_three("retry", "3");
    struct gathered gathered = { 0 };

    check_fault("{\"status\":500,\"times\":0}");
    produce_many(producer, 0, 3);
    gather(&gathered, producer, 3);
    CHECK_INT(gathered_code(&gathered, DP_E_SERVER), 3);
    REQUIRE(gathered.count == 3);
    CHECK_INT(gathered.reports[0]->stored, DP_STORED_MAYBE);
    CHECK_INT(gathered.reports[0]->attempts, 3);
    CHECK_INT(gathered.reports[0]->http_status, 500);
    CHECK_INT(check_stat("requests"), 3);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

/* An attempt that may have stored an object is not undone by a later one that
 * certainly did not. */
static void doubt_stays(void)
{
    static const struct {
        const char *faults;
        dp_code code;
    } later[] = {
        { "[{\"status\":500,\"store\":true},{\"status\":429,\"times\":0}]",
          DP_E_EXPIRED },
        { "[{\"status\":500,\"store\":true},{\"status\":413,\"times\":0}]",
          DP_E_TOO_LARGE },
    };

    for (size_t i = 0; i < sizeof later / sizeof later[0]; i++) {
        dp_producer *producer = PRODUCER("delivery.timeout", "3s",
            "request.timeout", "2s", "connect.timeout", "2s");
        struct gathered gathered = { 0 };

        check_row(later[i].faults);
        check_fault(later[i].faults);
        produce_one(producer, "{}");
        gather(&gathered, producer, 1);
        REQUIRE(gathered.count == 1);
        CHECK_CODE(gathered.reports[0]->code, later[i].code);
        CHECK_INT(gathered.reports[0]->stored, DP_STORED_MAYBE);
        gathered_free(&gathered);
        dp_producer_free(producer);
    }
    check_row(NULL);
}

int main(void)
{
    it_is_retried_and_flagged();
    it_is_reported();
    it_is_not_retried_for_ever();
    doubt_stays();
    return check_result();
}
