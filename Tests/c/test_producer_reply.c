/* SPDX-License-Identifier: Apache-2.0
 *
 * A 200 whose reply cannot be used is final: the objects are reported as
 * perhaps stored and never sent again, whatever the policy.
 */
#include "produce.h"

/* Replies to three objects, and what the three reports say. */
static const struct row {
    const char *fault;
    dp_code codes[3];
} rows[] = {
#define ALL(fault, code) { fault, { code, code, code } }
#define BODY(text) "{\"status\":200,\"body\":\"" text "\"}"
#define ID(text) "{\\\"id\\\":\\\"" text "\\\"}"
    ALL("{\"ids\":0}", DP_E_REPLY), ALL("{\"ids\":2}", DP_E_REPLY),
    ALL("{\"ids\":4}", DP_E_REPLY), ALL("{\"ids\":300}", DP_E_REPLY),
    ALL("{\"truncate\":0}", DP_E_REPLY), ALL("{\"truncate\":40}", DP_E_REPLY),
    ALL("{\"status\":204}", DP_E_REPLY), ALL(BODY("{}"), DP_E_REPLY),
    ALL(BODY("{\\\"code\\\":\\\"SecMaster.1\\\",\\\"message\\\":\\\"m\\\"}"),
        DP_E_REPLY),
    ALL(BODY("<html>Sign in</html>"), DP_E_ENDPOINT),
    { BODY("[" ID("a") ",null," ID("c") "]"),
      { DP_OK, DP_E_REPLY_ITEM, DP_OK } },
    { BODY("[{}," ID("b") ",{}]"),
      { DP_E_REPLY_ITEM, DP_OK, DP_E_REPLY_ITEM } },
    ALL(BODY(" [ " ID("a") " , " ID("b") ",\\n" ID("c") " ] "), DP_OK),
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_producer *producer = PRODUCER("batch.objects", "3",
            "linger", "60s", "ambiguous.policy", "retry");
        struct gathered gathered = { 0 };
        uint64_t first;

        check_row(rows[i].fault);
        check_fault(rows[i].fault);
        first = produce_many(producer, 0, 3);
        gather(&gathered, producer, 3);
        for (size_t n = 0; n < 3; n++) {
            const dp_report *report = gathered_ticket(&gathered, first + n);
            int good = rows[i].codes[n] == DP_OK;
            REQUIRE(report != NULL);
            CHECK_CODE(report->code, rows[i].codes[n]);
            CHECK_INT(report->stored, good ? DP_STORED_YES : DP_STORED_MAYBE);
            CHECK((report->id != NULL) == good);
            CHECK((report->message != NULL) == !good);
            CHECK_INT(report->payload_len, good ? 0 : 7);
            CHECK_INT(report->attempts, 1);
        }
        CHECK_CODE(dp_producer_close(producer, 60000, NULL, NULL), DP_OK);
        CHECK_INT(check_stat("requests"), 1);
        gathered_free(&gathered);
        dp_producer_free(producer);
    }
    check_row(NULL);
    return check_result();
}
