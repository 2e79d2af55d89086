/* SPDX-License-Identifier: Apache-2.0
 *
 * Each object gets one report, in order, and reports outlive everything else.
 */
#include "check.h"

#include <string.h>
#include <time.h>

static void stored(const dp_report *report, size_t position, int64_t begun)
{
    CHECK(report->size >= sizeof(dp_report));
    CHECK_CODE(report->code, DP_OK);
    CHECK_INT(report->stored, DP_STORED_YES);
    CHECK_INT(report->flags, 0);
    CHECK_INT(report->ticket, position);
    CHECK(report->opaque == NULL);
    CHECK(report->id && strlen(report->id) == 36);
    CHECK(report->event_id && strlen(report->event_id) == 36);
    CHECK(report->message == NULL);
    CHECK(report->server_code == NULL);
    CHECK(report->request_id && strlen(report->request_id) > 0);
    CHECK(report->payload == NULL);
    CHECK_INT(report->payload_len, 0);
    CHECK_INT(report->http_status, 200);
    CHECK_INT(report->attempts, 1);
    CHECK(report->queued_us >= begun);
    CHECK(report->finished_us >= report->queued_us);
    CHECK(report->finished_us <= ((int64_t)time(NULL) + 1) * 1000000);
}

static void success_has_ids(void)
{
    int64_t begun = (int64_t)time(NULL) * 1000000;
    dp_client *client = check_client();
    dp_request *request = check_request(100);
    dp_reports *reports = NULL;

    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, &reports, NULL),
               DP_OK);
    dp_request_free(request);
    dp_client_free(client);
    REQUIRE(dp_reports_count(reports) == 100);
    for (size_t i = 0; i < 100; i++) {
        stored(dp_reports_at(reports, i), i, begun);
        CHECK(dp_reports_at(reports, i) == dp_reports_at(reports, i));
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(dp_reports_at(reports, i)->id,
                         dp_reports_at(reports, j)->id) != 0);
    }
    CHECK(dp_reports_at(reports, 100) == NULL);
    CHECK(dp_reports_at(reports, SIZE_MAX) == NULL);
    dp_reports_free(reports);
}

static void failure_has_the_payload(void)
{
    static const char *const texts[] = {
        "{\"a\":1}", " { } ", "{\"a\":1.50,\"a\":\"\\u00e9\"}",
    };
    size_t count = sizeof texts / sizeof texts[0];
    dp_client *client = check_client();
    dp_request *request = dp_request_new();
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    check_fault("{\"status\":400}");
    for (size_t i = 0; i < count; i++)
        CHECK_CODE(dp_request_add(request, texts[i], strlen(texts[i]), NULL),
                   DP_OK);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, &reports, &error),
               DP_E_REJECTED);
    /* What is added now must not show in reports of what was sent before. */
    CHECK_CODE(dp_request_add(request, "{\"later\":1}", 11, NULL), DP_OK);
    dp_request_free(request);
    dp_client_free(client);
    REQUIRE(dp_reports_count(reports) == count);
    for (size_t i = 0; i < count; i++) {
        const dp_report *report = dp_reports_at(reports, i);
        CHECK_CODE(report->code, DP_E_REJECTED);
        CHECK_INT(report->stored, DP_STORED_NO);
        CHECK_INT(report->ticket, i);
        CHECK_INT(report->attempts, 1);
        CHECK_INT(report->http_status, 400);
        CHECK(report->id == NULL && report->event_id == NULL);
        CHECK(report->message && strlen(report->message) > 0);
        CHECK_TEXT(report->server_code, "SecMaster.20030004");
        CHECK_TEXT(report->request_id, check_field(error, "request_id"));
        REQUIRE(report->payload_len == strlen(texts[i]));
        CHECK(memcmp(report->payload, texts[i], strlen(texts[i])) == 0);
    }
    CHECK_INT(check_stat("objects"), 0);
    dp_error_free(error);
    dp_reports_free(reports);
}

static void nothing_attempted_has_no_reports(void)
{
    dp_client *client = check_client();
    dp_request *request = check_request(1);
    dp_reports *reports = (dp_reports *)client; /* anything but NULL */

    CHECK_CODE(dp_client_submit(client, "a/b", request, 0, &reports, NULL),
               DP_E_ARGUMENT);
    CHECK(reports == NULL);
    reports = (dp_reports *)client;
    CHECK_CODE(dp_client_submit(client, ALERT, request, -1, &reports, NULL),
               DP_E_ARGUMENT);
    CHECK(reports == NULL);
    CHECK_INT(check_stat("requests"), 0);
    dp_request_free(request);
    dp_client_free(client);
}

int main(void)
{
    check_fault(NULL);
    nothing_attempted_has_no_reports();
    success_has_ids();
    failure_has_the_payload();
    return check_result();
}
