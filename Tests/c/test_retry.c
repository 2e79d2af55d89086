/* SPDX-License-Identifier: Apache-2.0
 *
 * A call tries again by itself while the service certainly holds nothing and
 * there is time; it waits as long as the service asks, and stops at once when
 * that is longer than the call may take.
 */
#include "check.h"

#include <stdlib.h>

/* Submits one object. Returns how many seconds that took. */
static double submit(dp_client *client, const char *fault, int32_t timeout_ms,
                     dp_code code, dp_reports **reports, dp_error **error)
{
    dp_request *request = check_request(1);
    double begun;
    double took;

    check_row(fault);
    check_fault(fault);
    begun = check_now();
    CHECK_CODE(dp_client_submit(client, ALERT, request, timeout_ms, reports,
                                error), code);
    took = check_now() - begun;
    CHECK_INT(dp_reports_count(*reports), 1);
    CHECK_INT(check_stat("objects"), code == DP_OK);
    dp_request_free(request);
    return took;
}

static void a_passing_fault_is_survived(dp_client *client)
{
    static const char *const faults[] = {
        "{\"times\":3,\"status\":429}",
        "{\"times\":3,\"status\":408}",
        "{\"times\":3,\"status\":503,\"headers\":{\"Retry-After\":\"0\"}}",
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        dp_reports *reports = NULL;
        dp_error *error = NULL;
        submit(client, faults[i], 20000, DP_OK, &reports, &error);
        CHECK(error == NULL);
        REQUIRE(reports != NULL);
        CHECK_INT(dp_reports_at(reports, 0)->attempts, 4);
        CHECK_INT(dp_reports_at(reports, 0)->stored, DP_STORED_YES);
        CHECK_INT(check_stat("requests"), 4);
        dp_reports_free(reports);
    }
}

static void retry_after_is_waited_for(dp_client *client)
{
    static const char *const faults[] = {
        "{\"status\":429,\"headers\":{\"Retry-After\":\"1\"}}",
        "{\"status\":503,\"headers\":{\"retry-after\":\"1\"}}",
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        dp_reports *reports = NULL;
        dp_error *error = NULL;
        double took = submit(client, faults[i], 20000, DP_OK, &reports,
                             &error);
        CHECK(took >= 1.0);
        REQUIRE(reports != NULL);
        CHECK_INT(dp_reports_at(reports, 0)->attempts, 2);
        dp_reports_free(reports);
        dp_error_free(error);
    }
}

static void a_wait_that_is_too_long_is_not_begun(dp_client *client)
{
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    double took = submit(client, "{\"times\":0,\"status\":429,\"headers\":"
                         "{\"Retry-After\":\"200\"}}", 60000,
                         DP_E_THROTTLED, &reports, &error);

    CHECK(took < 30);
    CHECK_INT(check_stat("requests"), 1);
    CHECK_TEXT(check_field(error, "retry_after_ms"), "200000");
    CHECK_TEXT(check_field(error, "stored"), "no");
    dp_reports_free(reports);
    dp_error_free(error);
}

static void a_lasting_fault_ends_with_the_time(dp_client *client)
{
    static const struct {
        const char *fault;
        dp_code code;
    } rows[] = {
        { "{\"times\":0,\"status\":429}", DP_E_THROTTLED },
        { "{\"times\":0,\"status\":408}", DP_E_SERVER },
        { "{\"times\":0,\"status\":503,\"headers\":{\"Retry-After\":\"0\"}}",
          DP_E_SERVER },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_reports *reports = NULL;
        dp_error *error = NULL;
        double took = submit(client, rows[i].fault, 1500, rows[i].code,
                             &reports, &error);
        CHECK(took < 10);
        CHECK_TEXT(check_field(error, "stored"), "no");
        /* No pause is below 50 ms, whatever the service says: 1500 / 50. */
        CHECK(atoi(check_field(error, "attempts")) >= 2);
        CHECK(atoi(check_field(error, "attempts")) <= 31);
        REQUIRE(reports != NULL);
        CHECK_INT(dp_reports_at(reports, 0)->stored, DP_STORED_NO);
        CHECK_INT(dp_reports_at(reports, 0)->attempts,
                  atoi(check_field(error, "attempts")));
        CHECK_INT(check_stat("requests"), atoi(check_field(error,
                                                           "attempts")));
        dp_reports_free(reports);
        dp_error_free(error);
    }
}

static void what_may_be_stored_is_not_repeated(dp_client *client)
{
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    /* The first answer is safe to repeat, the second is not. */
    submit(client, "[{\"status\":429},{\"times\":0,\"status\":502}]", 20000,
           DP_E_SERVER, &reports, &error);
    CHECK_INT(check_stat("requests"), 2);
    CHECK_TEXT(check_field(error, "attempts"), "2");
    CHECK_TEXT(check_field(error, "stored"), "maybe");
    dp_reports_free(reports);
    dp_error_free(error);
}

/* With a client of its own: on a connection that was used before, libcurl may
 * repeat a request of which not one byte of the body was taken. */
static void an_upload_broken_off_is_repeated(void)
{
    dp_client *client = check_client();
    dp_request *request = dp_request_new();
    char *json = check_big_object(11000000);
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    check_row("drop headers");
    check_fault("{\"drop\":\"headers\",\"how\":\"reset\"}");
    CHECK_CODE(dp_request_add(request, json, 11000000, NULL), DP_OK);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 60000, &reports,
                                &error), DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    REQUIRE(dp_reports_count(reports) == 1);
    CHECK_INT(dp_reports_at(reports, 0)->attempts, 2);
    CHECK_INT(check_stat("requests"), 2);
    CHECK_INT(check_stat("objects"), 1);
    dp_reports_free(reports);
    dp_error_free(error);
    dp_request_free(request);
    dp_client_free(client);
    free(json);
}

int main(void)
{
    dp_client *client = check_client();

    a_passing_fault_is_survived(client);
    retry_after_is_waited_for(client);
    a_wait_that_is_too_long_is_not_begun(client);
    a_lasting_fault_ends_with_the_time(client);
    what_may_be_stored_is_not_repeated(client);
    an_upload_broken_off_is_repeated();
    check_row(NULL);
    dp_client_free(client);
    return check_result();
}
