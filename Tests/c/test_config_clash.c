/* SPDX-License-Identifier: Apache-2.0
 *
 * A client is refused when a needed setting is missing or two of them clash,
 * and the message names them; ids are needed where they are used. A client
 * keeps its own copy of the settings.
 */
#include "check.h"

#include <string.h>

/* No client is made while one of these is missing, and the message names it.
 * `start` gives what else is set; a key of an endpoint takes an address. */
static void each_is_named(dp_config *(*start)(void), const char *const *needed,
                          size_t count)
{
    for (size_t missing = 0; missing < count; missing++) {
        dp_config *config = start();
        dp_error *error = NULL;

        check_row(needed[missing]);
        for (size_t i = 0; i < count; i++)
            if (i != missing)
                CHECK_CODE(dp_config_set(config, needed[i],
                                         strstr(needed[i], "endpoint")
                                             ? "http://127.0.0.1:1" : "x",
                                         NULL), DP_OK);
        CHECK(dp_client_new(config, &error) == NULL);
        CHECK_CODE(dp_error_code(error), DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), needed[missing]);
        dp_error_free(error);
        dp_config_free(config);
    }
    check_row(NULL);
}

static void missing_settings_are_named(void)
{
    static const char *const needed[] = { "endpoint", "auth.token" };

    each_is_named(dp_config_new, needed, sizeof needed / sizeof needed[0]);
}

static dp_config *with_password(void)
{
    dp_config *config = check_config();

    CHECK_CODE(dp_config_set(config, "auth", "password", NULL), DP_OK);
    return config;
}

static void auth_password_needs_its_own_settings(void)
{
    static const char *const needed[] = {
        "auth.user", "auth.password", "auth.domain", "iam.endpoint",
    };

    each_is_named(with_password, needed, sizeof needed / sizeof needed[0]);
}

static void ids_are_needed_to_submit(void)
{
    static const char *const ids[] = { "project.id", "workspace.id" };

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        dp_client *client = check_client_with(ids[i], "");
        dp_config *config = check_config();
        dp_request *request = check_request(1);
        dp_error *error = NULL;

        check_row(ids[i]);
        check_fault(NULL);
        CHECK_CODE(dp_client_submit(client, ALERT, request, 0, NULL, &error),
                   DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), ids[i]);
        CHECK_TEXT(check_field(error, "key"), ids[i]);
        CHECK_INT(check_stat("requests"), 0);
        dp_error_free(error);
        CHECK_CODE(dp_config_set(config, ids[i], "", NULL), DP_OK);
        CHECK(dp_producer_new(config, &error) == NULL);
        CHECK_CODE(dp_error_code(error), DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), ids[i]);
        dp_error_free(error);
        dp_request_free(request);
        dp_config_free(config);
        dp_client_free(client);
    }
    check_row(NULL);
}

static void a_region_stands_for_an_endpoint(void)
{
    dp_config *config = dp_config_new();
    dp_error *error = NULL;
    dp_client *client;

    CHECK_CODE(dp_config_set(config, "auth.token", "x", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "region", "ap-southeast-3", NULL), DP_OK);
    client = dp_client_new(config, &error);
    CHECK_TEXT(dp_error_message(error), "");
    CHECK(client != NULL);
    dp_client_free(client);
    CHECK_CODE(dp_config_set(config, "region", "a/b", NULL), DP_OK);
    CHECK(dp_client_new(config, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_CONFIG);
    CHECK_TEXT(check_field(error, "key"), "region");
    dp_error_free(error);
    dp_config_free(config);
}

static void clashing_settings_are_both_named(void)
{
    dp_config *config = check_config();
    dp_error *error = NULL;
    dp_client *client;

    CHECK_CODE(dp_config_set(config, "backoff.base", "20s", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "backoff.cap", "10s", NULL), DP_OK);
    CHECK(dp_client_new(config, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_CONFIG);
    CHECK_HAS(dp_error_message(error), "backoff.base");
    CHECK_HAS(dp_error_message(error), "backoff.cap");
    dp_error_free(error);

    CHECK_CODE(dp_config_set(config, "backoff.cap", "20s", NULL), DP_OK);
    client = dp_client_new(config, &error);
    CHECK(client != NULL);
    CHECK(error == NULL);
    dp_client_free(client);
    dp_config_free(config);
}

static void a_client_keeps_its_own_settings(void)
{
    dp_config *config = check_config();
    dp_client *client = dp_client_new(config, NULL);
    dp_request *request = check_request(1);

    REQUIRE(client != NULL);
    CHECK_CODE(dp_config_set(config, "auth.token", "other", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "endpoint", "http://127.0.0.1:1", NULL),
               DP_OK);
    dp_config_free(config);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, NULL, NULL), DP_OK);
    dp_request_free(request);
    dp_client_free(client);
}

static void only_runtime_settings_change_later(void)
{
    static const char *const settings[][2] = {
        { "auth.token", TOKEN }, { "request.timeout", "10s" },
        { "connect.timeout", "5s" }, { "backoff.base", "100ms" },
        { "backoff.cap", "150ms" }, { "debug", "conn" },
        { "auth.user", "u" }, { "auth.password", "p" }, { "auth.domain", "d" },
    };
    static const char *const fixed[] = {
        "region", "endpoint", "iam.endpoint", "project.id", "workspace.id",
        "auth", "request.list_field",
        "stall.timeout", "reply.bytes", "proxy", "tls.ca_file", "tls.verify",
        "http2", "region", "iam.endpoint", "no.such.key",
    };
    dp_client *client = check_client();

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        check_row(settings[i][0]);
        CHECK_CODE(dp_client_set(client, settings[i][0], settings[i][1], NULL),
                   DP_OK);
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        dp_error *error = NULL;
        check_row(fixed[i]);
        CHECK_CODE(dp_client_set(client, fixed[i], "", &error), DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), fixed[i]);
        dp_error_free(error);
    }
    check_row("bad values");
    CHECK_CODE(dp_client_set(client, "request.timeout", "soon", NULL),
               DP_E_CONFIG);
    CHECK_CODE(dp_client_set(client, "auth.token", "a\nb", NULL), DP_E_CONFIG);
    check_row(NULL);
    dp_client_free(client);
}

static void a_new_token_is_used_at_once(void)
{
    dp_client *client = check_client();
    dp_request *request = check_request(1);

    CHECK_CODE(dp_client_set(client, "auth.token", "stale", NULL), DP_OK);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, NULL, NULL),
               DP_E_AUTH);
    CHECK_CODE(dp_client_set(client, "auth.token", TOKEN, NULL), DP_OK);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, NULL, NULL), DP_OK);
    dp_request_free(request);
    dp_client_free(client);
}

int main(void)
{
    missing_settings_are_named();
    auth_password_needs_its_own_settings();
    ids_are_needed_to_submit();
    a_region_stands_for_an_endpoint();
    clashing_settings_are_both_named();
    a_client_keeps_its_own_settings();
    only_runtime_settings_change_later();
    a_new_token_is_used_at_once();
    return check_result();
}
