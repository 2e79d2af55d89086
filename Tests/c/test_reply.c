/* SPDX-License-Identifier: Apache-2.0
 *
 * A 200 whose reply cannot be used leaves the objects unconfirmed: they may be
 * stored, and are never sent again by themselves.
 */
#include "check.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Replies to three objects. Each ends the call with `code`; `codes` are those
 * of its reports. */
static const struct row {
    const char *fault;
    dp_code code;
    dp_code codes[3];
} rows[] = {
#define ALL(fault, code) { fault, code, { code, code, code } }
#define BODY(text) "{\"status\":200,\"body\":\"" text "\"}"
#define TYPED(type, text) "{\"status\":200,\"headers\":{\"Content-Type\":" \
    "\"" type "\"},\"body\":\"" text "\"}"
#define ID(text) "{\\\"id\\\":\\\"" text "\\\"}"
    /* Lists of another length: no position can be trusted. */
    ALL("{\"ids\":0}", DP_E_REPLY), ALL("{\"ids\":2}", DP_E_REPLY),
    ALL("{\"ids\":4}", DP_E_REPLY), ALL("{\"ids\":30}", DP_E_REPLY),
    /* Cut off, and otherwise no list. */
    ALL("{\"truncate\":0}", DP_E_REPLY), ALL("{\"truncate\":1}", DP_E_REPLY),
    ALL("{\"truncate\":10}", DP_E_REPLY),
    ALL("{\"truncate\":200}", DP_E_REPLY),
    ALL(BODY(""), DP_E_REPLY), ALL(BODY("null"), DP_E_REPLY),
    ALL(BODY("{}"), DP_E_REPLY), ALL(BODY("17"), DP_E_REPLY),
    ALL(BODY("[1,2"), DP_E_REPLY), ALL(BODY("[{},{},{}]]"), DP_E_REPLY),
    ALL(BODY("[{},{},{},]"), DP_E_REPLY),
    ALL(BODY("{\\\"code\\\":\\\"SecMaster.1\\\",\\\"message\\\":\\\"m\\\"}"),
        DP_E_REPLY),
    ALL("{\"status\":204}", DP_E_REPLY), ALL("{\"status\":202}", DP_E_REPLY),
    /* Somebody else answers in the service's place. */
    ALL(TYPED("text/html", "<html><title>Sign in</title></html>"),
        DP_E_ENDPOINT),
    ALL(BODY("<html></html>"), DP_E_ENDPOINT),
    ALL(TYPED("text/plain", "OK"), DP_E_ENDPOINT),
    /* Lists of the right length with holes. */
    { BODY("[" ID("a") ",null," ID("c") "]"), DP_E_REPLY_ITEM,
      { DP_OK, DP_E_REPLY_ITEM, DP_OK } },
    { BODY("[{}," ID("b") "," ID("") "]"), DP_E_REPLY_ITEM,
      { DP_E_REPLY_ITEM, DP_OK, DP_E_REPLY_ITEM } },
    { BODY("[{\\\"id\\\":7},{\\\"event_id\\\":\\\"e\\\"},[]]"),
      DP_E_REPLY_ITEM,
      { DP_E_REPLY_ITEM, DP_E_REPLY_ITEM, DP_E_REPLY_ITEM } },
    /* Good ones, however they are written. */
    ALL(BODY("[" ID("a") "," ID("b") "," ID("c") "]"), DP_OK),
    ALL("{\"status\":201,\"body\":\"[" ID("a") "," ID("b") "," ID("c") "]\"}",
        DP_OK),
    ALL(BODY(" [ {\\\"x\\\":[{\\\"id\\\":1}],\\\"id\\\":\\\"a\\\"} , "
             ID("b") ",\\n" ID("c") " ] "), DP_OK),
};

static void every_reply_has_its_verdict(void)
{
    dp_client *client = check_client();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_request *request = check_request(3);
        dp_reports *reports = NULL;
        dp_error *error = NULL;

        check_row(rows[i].fault);
        check_fault(rows[i].fault);
        CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, &reports,
                                    &error), rows[i].code);
        CHECK_INT(check_stat("requests"), 1);
        REQUIRE(dp_reports_count(reports) == 3);
        if (rows[i].code != DP_OK)
            CHECK_TEXT(check_field(error, "stored"), "maybe");
        for (size_t n = 0; n < 3; n++) {
            const dp_report *report = dp_reports_at(reports, n);
            int good = rows[i].codes[n] == DP_OK;
            CHECK_CODE(report->code, rows[i].codes[n]);
            CHECK_INT(report->stored, good ? DP_STORED_YES : DP_STORED_MAYBE);
            CHECK((report->id != NULL) == good);
            CHECK((report->payload != NULL) == !good);
            CHECK((report->message != NULL) == !good);
            CHECK(report->request_id != NULL);
        }
        dp_reports_free(reports);
        dp_error_free(error);
        dp_request_free(request);
    }
    check_row(NULL);
    dp_client_free(client);
}

static void ids_are_decoded(void)
{
    dp_client *client = check_client();
    dp_request *request = check_request(2);
    dp_reports *reports = NULL;

    check_fault(BODY("[{\\\"event_id\\\":\\\"e\\\\u00e9\\\\ud83d\\\\udea8\\\","
                     "\\\"id\\\":\\\"a\\\\/b\\\\\\\"\\\"}," ID("ключ") "]"));
    CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, &reports, NULL),
               DP_OK);
    REQUIRE(dp_reports_count(reports) == 2);
    CHECK_TEXT(dp_reports_at(reports, 0)->id, "a/b\"");
    CHECK_TEXT(dp_reports_at(reports, 0)->event_id, "eé🚨");
    CHECK_TEXT(dp_reports_at(reports, 1)->id, "ключ");
    CHECK(dp_reports_at(reports, 1)->event_id == NULL);
    dp_reports_free(reports);
    dp_request_free(request);
    dp_client_free(client);
}

static void a_reply_with_a_hole_is_told_as_it_came(void)
{
    dp_client *client = check_client();
    dp_request *request = check_request(2);
    dp_error *error = NULL;

    check_fault(BODY("[{\\\"id\\\":\\\"a\\\\u0062\\\","
                     "\\\"event_id\\\":\\\"e\\\"},{}]"));
    CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, NULL, &error),
               DP_E_REPLY_ITEM);
    CHECK_TEXT(check_field(error, "reply"),
               "[{\"id\":\"a\\u0062\",\"event_id\":\"e\"},{}]");
    dp_error_free(error);
    dp_request_free(request);
    dp_client_free(client);
}

static void messages_help(void)
{
    dp_client *client = check_client();
    dp_request *request = check_request(3);
    dp_error *error = NULL;

    check_fault("{\"ids\":0}");
    CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, NULL, &error),
               DP_E_REPLY);
    CHECK_HAS(dp_error_message(error), "request.list_field");
    dp_error_free(error);

    check_fault(TYPED("text/html", "<html><title>Sign in</title></html>"));
    CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, NULL, &error),
               DP_E_ENDPOINT);
    CHECK_HAS(check_field(error, "reply"), "Sign in");
    dp_error_free(error);

    check_fault(BODY("{\\\"code\\\":\\\"SecMaster.1\\\","
                     "\\\"message\\\":\\\"so it is\\\"}"));
    CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, NULL, &error),
               DP_E_REPLY);
    CHECK_TEXT(check_field(error, "server_code"), "SecMaster.1");
    CHECK_TEXT(check_field(error, "server_message"), "so it is");
    dp_error_free(error);
    dp_request_free(request);
    dp_client_free(client);
}

/* A reply to one object, blown up to `length` bytes by white space. */
static char *big_reply(size_t length)
{
    static const char list[] = "[{\"id\":\"w\"}]";
    char *reply = (char *)malloc(length + 256);
    int head;

    REQUIRE(reply != NULL);
    head = snprintf(reply, 256, "HTTP/1.1 200 OK\r\nContent-Type: "
                    "application/json\r\nContent-Length: %lu\r\n\r\n",
                    (unsigned long)length);
    memset(reply + head, ' ', length);
    memcpy(reply + head, list, sizeof list - 1);
    reply[head + (int)length] = '\0';
    return reply;
}

static void a_reply_above_the_limit_is_refused(void)
{
    static const struct {
        size_t length;
        dp_code code;
    } sizes[] = {
        { 65536, DP_OK }, { 65537, DP_E_REPLY }, { 8000000, DP_E_REPLY },
    };

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char *reply = big_reply(sizes[i].length);
        struct wire_step step = { reply, WIRE_KEEP, 0 };
        struct wire *wire = wire_start(&step, 1);
        dp_config *config = check_config();
        dp_request *request = check_request(1);
        dp_error *error = NULL;
        dp_client *client;

        CHECK_CODE(dp_config_set(config, "endpoint", wire_url(wire), NULL),
                   DP_OK);
        CHECK_CODE(dp_config_set(config, "reply.bytes", "64KiB", NULL), DP_OK);
        client = dp_client_new(config, NULL);
        REQUIRE(client != NULL);
        CHECK_CODE(dp_client_submit(client, ALERT, request, 20000, NULL,
                                    &error), sizes[i].code);
        if (sizes[i].code != DP_OK) {
            CHECK_TEXT(check_field(error, "stored"), "maybe");
            CHECK_HAS(dp_error_message(error), "reply.bytes");
        }
        CHECK_INT(wire_requests(wire), 1);
        dp_error_free(error);
        dp_client_free(client);
        dp_request_free(request);
        dp_config_free(config);
        wire_stop(wire);
        free(reply);
    }
}

int main(void)
{
    every_reply_has_its_verdict();
    ids_are_decoded();
    a_reply_with_a_hole_is_told_as_it_came();
    messages_help();
    a_reply_above_the_limit_is_refused();
    return check_result();
}
