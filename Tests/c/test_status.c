/* SPDX-License-Identifier: Apache-2.0
 *
 * Each status of the service has its code, says whether anything can be
 * stored, and carries the service's own words.
 */
#include "check.h"

#include <stdio.h>
#include <string.h>

static const struct row {
    int status;
    dp_code code;
    const char *stored;
} rows[] = {
    { 301, DP_E_ENDPOINT, "no" }, { 302, DP_E_ENDPOINT, "no" },
    { 307, DP_E_ENDPOINT, "no" },
    { 400, DP_E_REJECTED, "no" }, { 401, DP_E_AUTH, "no" },
    { 403, DP_E_FORBIDDEN, "no" }, { 404, DP_E_ENDPOINT, "no" },
    { 405, DP_E_ENDPOINT, "no" }, { 409, DP_E_REJECTED, "no" },
    { 410, DP_E_ENDPOINT, "no" }, { 413, DP_E_TOO_LARGE, "no" },
    { 415, DP_E_ENDPOINT, "no" }, { 418, DP_E_REJECTED, "no" },
    { 422, DP_E_REJECTED, "no" }, { 431, DP_E_ENDPOINT, "no" },
    { 500, DP_E_SERVER, "maybe" }, { 501, DP_E_ENDPOINT, "no" },
    { 502, DP_E_SERVER, "maybe" }, { 503, DP_E_SERVER, "maybe" },
    { 504, DP_E_SERVER, "maybe" }, { 505, DP_E_ENDPOINT, "no" },
    { 520, DP_E_SERVER, "maybe" },
};

/* Submits two objects against a fault, and expects one attempt. */
static void submit(dp_client *client, const char *fault, dp_code code,
                   dp_reports **reports, dp_error **error)
{
    dp_request *request = check_request(2);

    check_fault(fault);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, reports, error),
               code);
    CHECK_CODE(dp_error_code(*error), code);
    CHECK_INT(dp_reports_count(*reports), 2);
    CHECK_INT(check_stat("requests"), 1);
    CHECK_TEXT(check_field(*error, "attempts"), "1");
    dp_request_free(request);
}

static void every_status_has_its_verdict(dp_client *client)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        dp_reports *reports = NULL;
        dp_error *error = NULL;
        const dp_report *report;
        char fault[256];
        char status[16];

        snprintf(status, sizeof status, "%d", row->status);
        check_row(status);
        snprintf(fault, sizeof fault,
                 "{\"status\":%d,\"headers\":{\"X-request-id\":\"r-1\","
                 "\"Location\":\"http://127.0.0.1:1/\"},\"body\":"
                 "\"{\\\"code\\\":\\\"SecMaster.1\\\","
                 "\\\"message\\\":\\\"so it is\\\"}\"}", row->status);
        submit(client, fault, row->code, &reports, &error);
        CHECK_TEXT(check_field(error, "http_status"), status);
        CHECK_TEXT(check_field(error, "server_code"), "SecMaster.1");
        CHECK_TEXT(check_field(error, "server_message"), "so it is");
        CHECK_TEXT(check_field(error, "request_id"), "r-1");
        CHECK_TEXT(check_field(error, "stored"), row->stored);
        CHECK_HAS(dp_error_message(error), status);
        report = dp_reports_at(reports, 1);
        REQUIRE(report != NULL);
        CHECK_CODE(report->code, row->code);
        CHECK_INT(report->stored, strcmp(row->stored, "no") == 0
                                      ? DP_STORED_NO : DP_STORED_MAYBE);
        CHECK_INT(report->http_status, row->status);
        CHECK_TEXT(report->server_code, "SecMaster.1");
        CHECK_TEXT(report->request_id, "r-1");
        dp_reports_free(reports);
        dp_error_free(error);
    }
    check_row(NULL);
}

/* The service, its gateway and its identity service each have a shape. */
static const struct {
    const char *body;
    const char *code;
    const char *message;
} shapes[] = {
    { "{\\\"code\\\":\\\"SecMaster.2\\\",\\\"message\\\":\\\"m\\\"}",
      "SecMaster.2", "m" },
    { "{\\\"error_code\\\":\\\"APIGW.0301\\\",\\\"error_msg\\\":\\\"m\\\"}",
      "APIGW.0301", "m" },
    { "{\\\"errorCode\\\":\\\"X.1\\\",\\\"errorMsg\\\":\\\"m\\\"}",
      "X.1", "m" },
    { "{\\\"error\\\":{\\\"code\\\":403,\\\"message\\\":\\\"m\\\","
      "\\\"title\\\":\\\"t\\\"}}", "403", "m" },
    { "<html><h1>Forbidden</h1></html>", "", "" },
    { "", "", "" },
    { "{\\\"code\\\":", "", "" },
    { "[1,2,3]", "", "" },
};

static void every_shape_of_error_is_read(dp_client *client)
{
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        dp_reports *reports = NULL;
        dp_error *error = NULL;
        char fault[512];

        check_row(shapes[i].body);
        snprintf(fault, sizeof fault,
                 "{\"status\":403,\"body\":\"%s\"}", shapes[i].body);
        submit(client, fault, DP_E_FORBIDDEN, &reports, &error);
        CHECK_TEXT(check_field(error, "server_code"), shapes[i].code);
        CHECK_TEXT(check_field(error, "server_message"), shapes[i].message);
        CHECK(strlen(dp_error_message(error)) > 0);
        CHECK(dp_error_field(error, "no_such_field") == NULL);
        CHECK(dp_error_field(error, "") == NULL);
        CHECK(dp_error_field(error, "offset") == NULL);
        dp_reports_free(reports);
        dp_error_free(error);
    }
    check_row(NULL);
}

/* The emulator adds a header X-request-id to every reply without one, so an
 * id in the body is only seen where the header is empty. */
static void request_id_comes_from_the_body_at_need(dp_client *client)
{
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    submit(client, "{\"status\":403,\"headers\":{\"x-ReQuest-ID\":\"\"},"
                   "\"body\":\"{\\\"error_code\\\":\\\"APIGW.0302\\\","
                   "\\\"error_msg\\\":\\\"m\\\","
                   "\\\"request_id\\\":\\\"in-body\\\"}\"}",
           DP_E_FORBIDDEN, &reports, &error);
    CHECK_TEXT(check_field(error, "request_id"), "in-body");
    dp_reports_free(reports);
    dp_error_free(error);
}

/* What the emulator says by itself to wrong identities. */
static void wrong_identities(void)
{
    static const struct {
        const char *key;
        const char *value;
        dp_code code;
        const char *server_code;
    } rows_of_keys[] = {
        { "auth.token", "stale", DP_E_AUTH, "APIGW.0301" },
        { "workspace.id", "other", DP_E_FORBIDDEN, "SecMaster.20010001" },
        { "project.id", "other", DP_E_REJECTED, "SecMaster.20030002" },
    };

    for (size_t i = 0; i < sizeof rows_of_keys / sizeof rows_of_keys[0]; i++) {
        dp_client *client = check_client_with(rows_of_keys[i].key,
                                              rows_of_keys[i].value);
        dp_reports *reports = NULL;
        dp_error *error = NULL;

        check_row(rows_of_keys[i].key);
        submit(client, NULL, rows_of_keys[i].code, &reports, &error);
        CHECK_TEXT(check_field(error, "server_code"),
                   rows_of_keys[i].server_code);
        dp_reports_free(reports);
        dp_error_free(error);
        dp_client_free(client);
    }
    check_row(NULL);
}

int main(void)
{
    dp_client *client = check_client();

    every_status_has_its_verdict(client);
    every_shape_of_error_is_read(client);
    request_id_comes_from_the_body_at_need(client);
    wrong_identities();
    dp_client_free(client);
    return check_result();
}
