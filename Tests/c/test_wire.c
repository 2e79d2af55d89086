/* SPDX-License-Identifier: Apache-2.0
 *
 * The head of a request is what the service documents, whatever is in the
 * target and the token.
 */
#include "check.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct wire_step step = { WIRE_STORED_ONE, WIRE_KEEP, 0 };

/* Submits one object, and returns the head that was sent. */
static const char *submit(struct wire *wire, dp_client *client,
                          const char *target)
{
    dp_request *request = check_request(1);
    dp_error *error = NULL;
    const char *head;

    CHECK_CODE(dp_client_submit(client, target, request, 10000, NULL, &error),
               DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    dp_error_free(error);
    dp_request_free(request);
    REQUIRE(wire_requests(wire) > 0);
    head = wire_head(wire, wire_requests(wire) - 1);
    REQUIRE(head != NULL);
    return head;
}

static void the_head_is_as_documented(void)
{
    struct wire *wire = wire_start(&step, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));
    const char *head = submit(wire, client, ALERT);
    static const char first[] =
        "POST /v1/0123456789abcdef0123456789abcdef/workspaces/"
        "6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11/soc/datapanel/" ALERT
        "/data-objects/batch-create HTTP/1.1\r\n";
    char host[128];

    CHECK(strncmp(head, first, sizeof first - 1) == 0);
    snprintf(host, sizeof host, "\r\nHost: %s\r\n", wire_url(wire) + 7);
    CHECK_HAS(head, host);
    CHECK_HAS(head, "\r\nX-Auth-Token: " TOKEN "\r\n");
    CHECK_HAS(head, "application/json;charset=UTF-8\r\n");
    CHECK_HAS(head, "\r\nContent-Length: 44\r\n");
    CHECK(strstr(head, "Expect:") == NULL);
    CHECK(strstr(head, "Transfer-Encoding:") == NULL);
    CHECK(strstr(head, "x-www-form-urlencoded") == NULL);
    dp_client_free(client);
    wire_stop(wire);
}

static void odd_targets_are_encoded(void)
{
    static const char *const targets[][2] = {
        { "a b", "a%20b" }, { "50%", "50%25" }, { "%2F", "%252F" },
        { "a?b#c", "a%3Fb%23c" }, { "a;b=c&d+e", "a%3Bb%3Dc%26d%2Be" },
        { "\\\"<>^`{|}", "%5C%22%3C%3E%5E%60%7B%7C%7D" },
        { "é🚪", "%C3%A9%F0%9F%9A%AA" }, { "A-z.0_9~", "A-z.0_9~" },
        { "..a", "..a" },
    };
    struct wire *wire = wire_start(&step, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        char wanted[256];
        check_row(targets[i][0]);
        snprintf(wanted, sizeof wanted,
                 "/datapanel/%s/data-objects/batch-create HTTP/1.1\r\n",
                 targets[i][1]);
        CHECK_HAS(submit(wire, client, targets[i][0]), wanted);
    }
    check_row(NULL);
    dp_client_free(client);
    wire_stop(wire);
}

static void bad_targets_are_refused(void)
{
    static const char *const targets[] = {
        "", "/", "a/b", "../..", ".", "..", "a\nb", "a\rb", "a\x01", "\x7f",
        "a\tb", "\xff", "\xed\xa0\xbd",
    };
    struct wire *wire = wire_start(&step, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));
    dp_request *request = check_request(1);

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        dp_reports *reports = NULL;
        dp_error *error = NULL;
        check_row(targets[i]);
        CHECK_CODE(dp_client_submit(client, targets[i], request, 1000,
                                    &reports, &error), DP_E_ARGUMENT);
        CHECK_HAS(dp_error_message(error), "target");
        CHECK(reports == NULL);
        dp_error_free(error);
    }
    check_row(NULL);
    CHECK_INT(wire_requests(wire), 0);
    dp_request_free(request);
    dp_client_free(client);
    wire_stop(wire);
}

static void a_long_token_arrives_whole(void)
{
    static const size_t lengths[] = { 1, 4096, 16384, 65536, 131072 };
    struct wire *wire = wire_start(&step, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));

    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char *wanted = (char *)malloc(lengths[i] + 64);
        char *token;

        REQUIRE(wanted != NULL);
        strcpy(wanted, "\r\nX-Auth-Token: ");
        token = wanted + strlen(wanted);
        for (size_t at = 0; at < lengths[i]; at++)
            token[at] = (char)('!' + at % 94);
        token[lengths[i]] = '\0';
        CHECK_CODE(dp_client_set(client, "auth.token", token, NULL), DP_OK);
        strcpy(token + lengths[i], "\r\n");
        CHECK(strstr(submit(wire, client, ALERT), wanted) != NULL);
        free(wanted);
    }
    dp_client_free(client);
    wire_stop(wire);
}

static void a_token_with_line_ends_is_refused(void)
{
    static const char *const tokens[] = {
        "a\r\nX-Other: b", "a\n", "\ra", "a\x01", "\x7f",
    };
    struct wire *wire = wire_start(&step, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));
    dp_config *config = dp_config_new();

    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        CHECK_CODE(dp_config_set(config, "auth.token", tokens[i], NULL),
                   DP_E_CONFIG);
        CHECK_CODE(dp_client_set(client, "auth.token", tokens[i], NULL),
                   DP_E_CONFIG);
    }
    CHECK_HAS(submit(wire, client, ALERT), "\r\nX-Auth-Token: " TOKEN "\r\n");
    dp_config_free(config);
    dp_client_free(client);
    wire_stop(wire);
}

int main(void)
{
    the_head_is_as_documented();
    odd_targets_are_encoded();
    bad_targets_are_refused();
    a_long_token_arrives_whole();
    a_token_with_line_ends_is_refused();
    return check_result();
}
