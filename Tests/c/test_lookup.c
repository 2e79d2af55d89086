/* SPDX-License-Identifier: Apache-2.0
 *
 * Names become ids: over pages, past what only resembles them, and never one
 * of several. What may pass is tried again.
 */
#include "check.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CROWD "a15e0d17-3c42-4b8a-9f60-7d1e2c4b5000"
#define LOOKUP_TEXT_MAX 128

/* Looks a name up. Returns the code; the id is checked unless it is NULL. */
static dp_code find(dp_client *client, const char *kind, const char *name,
                    const char *wanted, dp_error **error)
{
    char *id = NULL;
    dp_code code;

    check_row(name);
    code = dp_client_lookup(client, kind, name, 20000, &id, error);
    CHECK_TEXT(id, wanted);
    if (code == DP_OK)
        CHECK_TEXT(dp_error_message(*error), "");
    dp_free(id);
    check_row(NULL);
    return code;
}

/* A client of whose settings one is empty, and which knows where IAM is. */
static dp_client *client_without(const char *key)
{
    dp_config *config = check_config();
    char url[LOOKUP_TEXT_MAX];
    dp_client *client;

    snprintf(url, sizeof url, "%s", dp_config_get(config, "endpoint"));
    CHECK_CODE(dp_config_set(config, "iam.endpoint", url, NULL), DP_OK);
    if (key)
        CHECK_CODE(dp_config_set(config, key, "", NULL), DP_OK);
    client = dp_client_new(config, NULL);
    REQUIRE(client != NULL);
    dp_config_free(config);
    return client;
}

static void names_have_ids(dp_client *client)
{
    static const char *const rows[][3] = {
        { "project", "ap-southeast-3", "0123456789abcdef0123456789abcdef" },
        { "workspace", "demo", "6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11" },
        { "workspace", "crowd", CROWD },
        { "workspace", "crowd-007", "a05e0d17-3c42-4b8a-9f60-7d1e2c4b5007" },
        { "dataclass", "Alert", ALERT },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_error *error = NULL;
        CHECK_CODE(find(client, rows[i][0], rows[i][1], rows[i][2], &error),
                   DP_OK);
        dp_error_free(error);
    }
}

static void data_classes_have_business_codes(void)
{
    dp_client *client = check_client_with("workspace.id", CROWD);
    dp_error *error = NULL;

    CHECK_CODE(find(client, "dataclass", "Crowd",
                    "c15e0d17-3c42-4b8a-9f60-7d1e2c4b5000", &error), DP_OK);
    dp_error_free(error);
    CHECK_CODE(find(client, "dataclass", "TWIN_2",
                    "c25e0d17-3c42-4b8a-9f60-7d1e2c4b5002", &error), DP_OK);
    dp_error_free(error);
    CHECK_CODE(find(client, "dataclass", "Twin", NULL, &error), DP_E_NAME);
    CHECK_HAS(dp_error_message(error), "more than one data class");
    CHECK_HAS(dp_error_message(error),
              "c25e0d17-3c42-4b8a-9f60-7d1e2c4b5001 (TWIN_1)");
    CHECK_HAS(dp_error_message(error),
              "c25e0d17-3c42-4b8a-9f60-7d1e2c4b5002 (TWIN_2)");
    dp_error_free(error);
    dp_client_free(client);
}

static void twins_are_all_told(dp_client *client)
{
    dp_error *error = NULL;

    CHECK_CODE(find(client, "project", "twin", NULL, &error), DP_E_NAME);
    CHECK_HAS(dp_error_message(error), "2a7c9d10e4b84f6fa1d3c5e7092b4d68");
    CHECK_HAS(dp_error_message(error), "8e1f3b5c7d9a4c2e8b60f2a4c6d8e0b1");
    CHECK_TEXT(check_field(error, "stored"), "no");
    dp_error_free(error);
    CHECK_CODE(find(client, "workspace", "twin", NULL, &error), DP_E_NAME);
    CHECK_HAS(dp_error_message(error), "a25e0d17-3c42-4b8a-9f60-7d1e2c4b5001");
    CHECK_HAS(dp_error_message(error), "a25e0d17-3c42-4b8a-9f60-7d1e2c4b5002");
    dp_error_free(error);
}

static void near_names_are_told(dp_client *client)
{
    static const char *const rows[][3] = {
        { "dataclass", "alert", "\"Alert\"" },
        { "dataclass", "Allert", "the nearest: \"Alert\"" },
        { "workspace", "dem", "\"demo\"" },
        { "workspace", "crow", "\"crowd\"" },
        { "project", "twins", "\"twin\"" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_error *error = NULL;
        CHECK_CODE(find(client, rows[i][0], rows[i][1], NULL, &error),
                   DP_E_NAME);
        CHECK_HAS(dp_error_message(error), rows[i][1]);
        CHECK_HAS(dp_error_message(error), rows[i][2]);
        dp_error_free(error);
    }
}

static void bad_arguments_are_refused(dp_client *client)
{
    static const char *const rows[][2] = {
        { "dataclass", "" }, { "dataclass", "a\nb" }, { "dataclass", "\xff" },
        { "data class", "Alert" }, { "", "Alert" },
    };
    dp_error *error = NULL;
    char *id = NULL;

    check_fault(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CHECK_CODE(find(client, rows[i][0], rows[i][1], NULL, &error),
                   DP_E_ARGUMENT);
        dp_error_free(error);
    }
    CHECK_CODE(dp_client_lookup(client, "dataclass", "Alert", -1, &id, NULL),
               DP_E_ARGUMENT);
    CHECK_INT(check_stat("requests"), 0);
}

static void only_what_is_needed_has_to_be_set(void)
{
    dp_client *client = client_without("workspace.id");
    dp_error *error = NULL;

    CHECK_CODE(find(client, "workspace", "demo",
                    "6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11", &error), DP_OK);
    dp_error_free(error);
    CHECK_CODE(find(client, "dataclass", "Alert", NULL, &error), DP_E_CONFIG);
    CHECK_TEXT(check_field(error, "key"), "workspace.id");
    dp_error_free(error);
    dp_client_free(client);

    client = client_without("project.id");
    CHECK_CODE(find(client, "project", "ap-southeast-3",
                    "0123456789abcdef0123456789abcdef", &error), DP_OK);
    dp_error_free(error);
    CHECK_CODE(find(client, "workspace", "demo", NULL, &error), DP_E_CONFIG);
    CHECK_TEXT(check_field(error, "key"), "project.id");
    dp_error_free(error);
    dp_client_free(client);
}

static void what_may_pass_is_tried_again(dp_client *client)
{
    static const char *const faults[] = {
        "{\"status\":429,\"times\":2}", "{\"status\":500,\"times\":2}",
        "{\"status\":503,\"times\":2}", "{\"status\":502,\"times\":2}",
        "{\"status\":429,\"times\":2,\"headers\":{\"Retry-After\":\"0\"}}",
        "{\"drop\":\"headers\",\"times\":2}", "{\"truncate\":10,\"times\":2}",
    };

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        dp_error *error = NULL;
        check_fault(faults[i]);
        CHECK_CODE(find(client, "dataclass", "Alert", ALERT, &error), DP_OK);
        CHECK(check_stat("requests") >= 3);
        dp_error_free(error);
    }
}

static void what_does_not_pass_is_told(dp_client *client)
{
    static const struct {
        const char *fault;
        dp_code code;
    } rows[] = {
        { "{\"status\":400}", DP_E_REJECTED },
        { "{\"status\":401}", DP_E_AUTH },
        { "{\"status\":403}", DP_E_FORBIDDEN },
        { "{\"status\":404}", DP_E_ENDPOINT },
        { "{\"status\":302}", DP_E_ENDPOINT },
        { "{\"status\":200,\"body\":\"{}\"}", DP_E_REPLY },
        { "{\"status\":200,\"body\":\"{\\\"dataclass_details\\\":0}\"}",
          DP_E_REPLY },
        { "{\"status\":200,\"body\":\"{\\\"dataclass_details\\\":"
          "[{\\\"name\\\":\\\"Alert\\\"}]}\"}", DP_E_REPLY },
        { "{\"status\":200,\"body\":\"{\\\"dataclass_details\\\":"
          "[{\\\"name\\\":\\\"Alert\\\",\\\"id\\\":\\\"a/b\\\"}]}\"}",
          DP_E_REPLY },
        { "{\"status\":200,\"body\":\"<html>\",\"headers\":"
          "{\"Content-Type\":\"text/html\"}}", DP_E_ENDPOINT },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_error *error = NULL;
        check_fault(rows[i].fault);
        CHECK_CODE(find(client, "dataclass", "Alert", NULL, &error),
                   rows[i].code);
        CHECK_TEXT(check_field(error, "stored"), "no");
        CHECK_INT(check_stat("requests"), 1);
        dp_error_free(error);
    }
}

static void it_ends_with_its_time(dp_client *client)
{
    dp_error *error = NULL;
    char *id = NULL;
    double begun = check_now();

    check_fault("{\"status\":503,\"times\":0}");
    CHECK_CODE(dp_client_lookup(client, "dataclass", "Alert", 1000, &id,
                                &error), DP_E_SERVER);
    CHECK(check_now() - begun < 10);
    CHECK(check_stat("requests") >= 2);
    CHECK_HAS(dp_error_message(error), "GET ");
    CHECK_HAS(dp_error_message(error), "attempts");
    dp_error_free(error);
    check_fault("{\"stall\":true,\"times\":0}");
    CHECK_CODE(dp_client_lookup(client, "dataclass", "Alert", 300, &id,
                                &error), DP_E_TIMEOUT);
    CHECK_TEXT(check_field(error, "stored"), "no");
    dp_error_free(error);
    check_fault(NULL);
    CHECK(id == NULL);
}

/* A list whose pages never end, of which every name resembles the one that is
 * looked for. */
static void pages_without_an_end_are_left(void)
{
    static const struct wire_step steps[] = { {
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        "Content-Length: 73\r\n\r\n"
        "{\"dataclass_details\":[{\"id\":\"a\",\"name\":\"Alert 2\"}],"
        "\"total\":1000000.0}    ", WIRE_KEEP, 0 } };
    struct wire *wire = wire_start(steps, 1);
    dp_client *client = check_client_with("endpoint", wire_url(wire));
    dp_error *error = NULL;

    CHECK_CODE(find(client, "dataclass", "Alert", NULL, &error), DP_E_NAME);
    CHECK_HAS(dp_error_message(error), "more than 100 pages");
    dp_error_free(error);
    CHECK_HAS(wire_head(wire, 0), "GET /v1/");
    CHECK_HAS(wire_head(wire, 0), "?name=Alert&limit=100&offset=0 ");
    CHECK_HAS(wire_head(wire, 1), "?name=Alert&limit=100&offset=1 ");
    CHECK(strstr(wire_head(wire, 0), "Content-Length") == NULL);
    dp_client_free(client);
    wire_stop(wire);
}

/* Looking up and submitting take turns on one connection. */
static void a_connection_serves_both(void)
{
    dp_client *client = check_client();
    dp_request *request = check_request(1);
    dp_error *error = NULL;

    check_fault(NULL);
    for (int i = 0; i < 3; i++) {
        CHECK_CODE(find(client, "dataclass", "Alert", ALERT, &error), DP_OK);
        dp_error_free(error);
        CHECK_CODE(dp_client_submit(client, ALERT, request, 0, NULL, NULL),
                   DP_OK);
    }
    CHECK_INT(check_stat("connections"), 1);
    CHECK_INT(check_stat("objects"), 3);
    dp_request_free(request);
    dp_client_free(client);
}

/* Signed look-ups have no body, and their queries are signed with them. */
static void look_ups_are_signed(void)
{
    static const char *const settings[][2] = {
        { "auth", "aksk" }, { "auth.access_key", "AKEXAMPLE" },
        { "auth.secret_key", "SKEXAMPLE" },
    };
    dp_config *config = check_config();
    dp_error *error = NULL;
    dp_client *client;
    char url[LOOKUP_TEXT_MAX];

    snprintf(url, sizeof url, "%s", dp_config_get(config, "endpoint"));
    CHECK_CODE(dp_config_set(config, "iam.endpoint", url, NULL), DP_OK);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        CHECK_CODE(dp_config_set(config, settings[i][0], settings[i][1], NULL),
                   DP_OK);
    client = dp_client_new(config, NULL);
    REQUIRE(client != NULL);
    names_have_ids(client);
    near_names_are_told(client);
    CHECK_CODE(find(client, "workspace", "a b&c=d+ä/%", NULL, &error),
               DP_E_NAME);
    dp_error_free(error);
    dp_client_free(client);
    dp_config_free(config);
}

/* IAM gives the token, and one that has ended is renewed on the way. */
static void look_ups_renew_their_token(void)
{
    static const char *const settings[][2] = {
        { "auth", "password" }, { "auth.user", "emulator-user" },
        { "auth.password", "emulator-password" },
        { "auth.domain", "emulator-account" },
    };
    dp_config *config = check_config();
    dp_client *client;
    char url[LOOKUP_TEXT_MAX];

    snprintf(url, sizeof url, "%s", dp_config_get(config, "endpoint"));
    CHECK_CODE(dp_config_set(config, "iam.endpoint", url, NULL), DP_OK);
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        CHECK_CODE(dp_config_set(config, settings[i][0], settings[i][1], NULL),
                   DP_OK);
    client = dp_client_new(config, NULL);
    REQUIRE(client != NULL);
    names_have_ids(client);
    free(check_call("DELETE", "/_emulator/tokens", NULL, NULL));
    names_have_ids(client);
    dp_client_free(client);
    dp_config_free(config);
}

int main(void)
{
    dp_client *client = client_without(NULL);

    names_have_ids(client);
    data_classes_have_business_codes();
    twins_are_all_told(client);
    near_names_are_told(client);
    bad_arguments_are_refused(client);
    only_what_is_needed_has_to_be_set();
    what_may_pass_is_tried_again(client);
    what_does_not_pass_is_told(client);
    it_ends_with_its_time(client);
    pages_without_an_end_are_left();
    a_connection_serves_both();
    look_ups_are_signed();
    look_ups_renew_their_token();
    dp_client_free(client);
    return check_result();
}
