/* SPDX-License-Identifier: Apache-2.0
 *
 * A call ends when its time is over. What it says depends on whether the body
 * was out: then the objects may be stored, and before they are not.
 */
#include "check.h"
#include "wire.h"

#include <stdlib.h>
#include <string.h>

struct outcome {
    dp_code code;
    const char *stored;
    dp_stored report_stored;
};

/* Submits one object of `bytes` bytes with half a second to do it in. */
static void ends_in_time(dp_client *client, size_t bytes, int32_t timeout_ms,
                         struct outcome outcome)
{
    char *json = check_big_object(bytes);
    dp_request *request = dp_request_new();
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    double begun;
    double took;

    CHECK_CODE(dp_request_add(request, json, bytes, NULL), DP_OK);
    begun = check_now();
    CHECK_CODE(dp_client_submit(client, ALERT, request, timeout_ms, &reports,
                                &error), outcome.code);
    took = check_now() - begun;
    CHECK(took >= 0.4);
    CHECK(took < 10);
    CHECK_TEXT(check_field(error, "stored"), outcome.stored);
    REQUIRE(dp_reports_count(reports) == 1);
    CHECK_CODE(dp_reports_at(reports, 0)->code, outcome.code);
    CHECK_INT(dp_reports_at(reports, 0)->stored, outcome.report_stored);
    CHECK_INT(dp_reports_at(reports, 0)->payload_len, bytes);
    CHECK_INT(dp_reports_at(reports, 0)->http_status, 0);
    dp_reports_free(reports);
    dp_error_free(error);
    dp_request_free(request);
    free(json);
}

static const struct outcome unanswered = {
    DP_E_TIMEOUT, "maybe", DP_STORED_MAYBE
};
static const struct outcome unsent = { DP_E_SEND, "no", DP_STORED_NO };

static void no_answer(void)
{
    dp_client *client = check_client();

    check_row("stalled");
    check_fault("{\"stall\":true,\"store\":true,\"times\":0}");
    ends_in_time(client, 8, 500, unanswered);
    ends_in_time(client, 8000000, 2000, unanswered);
    CHECK_INT(check_stat("objects"), 2);
    CHECK_INT(check_stat("requests"), 2);
    check_row("delayed");
    check_fault("{\"delay_ms\":60000}");
    ends_in_time(client, 8, 500, unanswered);
    dp_client_free(client);
}

static void the_setting_bounds_the_call(void)
{
    dp_config *config = check_config();
    dp_client *client;

    check_row("request.timeout");
    check_fault("{\"stall\":true,\"times\":0}");
    CHECK_CODE(dp_config_set(config, "connect.timeout", "400ms", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "request.timeout", "500ms", NULL), DP_OK);
    client = dp_client_new(config, NULL);
    REQUIRE(client != NULL);
    ends_in_time(client, 8, 0, unanswered);
    CHECK_CODE(dp_client_set(client, "request.timeout", "600ms", NULL), DP_OK);
    ends_in_time(client, 8, 0, unanswered);
    dp_client_free(client);
    dp_config_free(config);
}

static void the_answer_stops_half_way(void)
{
    static const struct wire_step step = {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Content-Length: 1000\r\n\r\n[{\"id\":\"a\"",
        WIRE_HANG, 0
    };
    struct wire *wire = wire_start(&step, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));
    dp_request *request = check_request(1);
    dp_error *error = NULL;
    double begun = check_now();

    check_row("half an answer");
    CHECK_CODE(dp_client_submit(client, ALERT, request, 500, NULL, &error),
               DP_E_REPLY);
    CHECK(check_now() - begun < 10);
    CHECK_TEXT(check_field(error, "stored"), "maybe");
    CHECK_TEXT(check_field(error, "http_status"), "200");
    CHECK_INT(wire_requests(wire), 1);
    dp_error_free(error);
    dp_request_free(request);
    dp_client_free(client);
    wire_stop(wire);
}

static void the_body_is_not_taken(void)
{
    static const struct wire_step step = { NULL, WIRE_HANG, 1 };
    struct wire *wire = wire_start(&step, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));

    check_row("upload that stands still");
    ends_in_time(client, 11000000, 1000, unsent);
    dp_client_free(client);
    wire_stop(wire);
}

int main(void)
{
    no_answer();
    the_setting_bounds_the_call();
    the_answer_stops_half_way();
    the_body_is_not_taken();
    check_row(NULL);
    return check_result();
}
