/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings are set, read and described; a bad one is refused with its reason
 * and changes nothing.
 */
#include "check.h"

#include <jansson.h>
#include <string.h>

static void defaults_are_told(void)
{
    static const char *const defaults[][2] = {
        { "region", "" }, { "endpoint", "" }, { "iam.endpoint", "" },
        { "project.id", "" }, { "workspace.id", "" },
        { "auth", "token" }, { "auth.token", "" },
        { "request.list_field", "data_object" }, { "request.timeout", "30s" },
        { "connect.timeout", "10s" }, { "stall.timeout", "15s" },
        { "backoff.base", "500ms" }, { "backoff.cap", "30s" },
        { "reply.bytes", "4MiB" }, { "proxy", "" }, { "tls.ca_file", "" },
        { "tls.verify", "true" }, { "http2", "true" }, { "debug", "" },
    };
    dp_config *config = dp_config_new();

    for (size_t i = 0; i < sizeof defaults / sizeof defaults[0]; i++) {
        check_row(defaults[i][0]);
        CHECK_TEXT(dp_config_get(config, defaults[i][0]), defaults[i][1]);
    }
    check_row(NULL);
    CHECK(dp_config_get(config, "no.such.key") == NULL);
    CHECK(dp_config_get(config, "") == NULL);
    CHECK(dp_config_get(config, "ENDPOINT") == NULL);
    dp_config_free(config);
}

static void set_values_are_told(void)
{
    static const char *const values[][2] = {
        { "endpoint", "https://example.test:8443" },
        { "project.id", "p" }, { "workspace.id", "w" },
        { "request.list_field", "data_object_list" },
        { "request.timeout", "20s" }, { "request.timeout", "1500ms" },
        { "request.timeout", "5m" }, { "reply.bytes", "64KiB" },
        { "reply.bytes", "1MiB" }, { "reply.bytes", "1000000" },
        { "tls.verify", "false" }, { "tls.verify", "true" },
        { "http2", "false" }, { "debug", "conn,retry" }, { "debug", "" },
    };
    dp_config *config = dp_config_new();
    dp_error *error = NULL;

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        check_row(values[i][1]);
        CHECK_CODE(dp_config_set(config, values[i][0], values[i][1], &error),
                   DP_OK);
        CHECK_TEXT(dp_error_message(error), "");
        CHECK_TEXT(dp_config_get(config, values[i][0]), values[i][1]);
        dp_error_free(error);
    }
    check_row(NULL);
    dp_config_free(config);
}

static void unknown_key_names_the_nearest(void)
{
    static const char *const keys[][2] = {
        { "request.timout", "request.timeout" },
        { "endpont", "endpoint" },
        { "project_id", "project.id" },
        { "Auth.Token", "auth.token" },
        { "tls.verfy", "tls.verify" },
    };
    dp_config *config = dp_config_new();

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        dp_error *error = NULL;
        check_row(keys[i][0]);
        CHECK_CODE(dp_config_set(config, keys[i][0], "1", &error),
                   DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), keys[i][0]);
        CHECK_HAS(dp_error_message(error), keys[i][1]);
        CHECK_TEXT(check_field(error, "key"), keys[i][0]);
        dp_error_free(error);
    }
    check_row(NULL);
    dp_config_free(config);
}

static void bad_values_change_nothing(void)
{
    static const char *const values[][2] = {
        { "request.timeout", "" }, { "request.timeout", "soon" },
        { "request.timeout", "-1s" }, { "request.timeout", "10 parsecs" },
        { "request.timeout", "10MiB" }, { "request.timeout", "0s" },
        { "request.timeout", "99999999999999999999s" },
        { "request.timeout", "1s1s" },
        { "reply.bytes", "1s" }, { "reply.bytes", "-1" },
        { "reply.bytes", "99999999999999999999" },
        { "reply.bytes", "9999999999999MiB" },
        { "tls.verify", "perhaps" }, { "tls.verify", "" },
        { "http2", "2" },
        { "auth", "magic" }, { "request.list_field", "objects" },
        { "endpoint", "example.test" }, { "endpoint", "ftp://example.test" },
        { "endpoint", "http://" }, { "endpoint", "http://a b" },
        { "endpoint", "http://a.test/path" },
        { "endpoint", "http://a.test:99999" },
        { "endpoint", "http://a.test\r\nX: y" },
        { "project.id", "a/b" }, { "project.id", "a\nb" },
        { "workspace.id", "a/b" }, { "workspace.id", "\x7f" },
        { "auth.token", "a\r\nX-Other: b" }, { "debug", "everything,else" },
        { "proxy", "\xff\xfe" },
    };
    dp_config *config = dp_config_new();

    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const char *key = values[i][0];
        dp_error *error = NULL;
        char before[64];

        check_row(values[i][1]);
        REQUIRE(dp_config_get(config, key) != NULL);
        strcpy(before, dp_config_get(config, key));
        CHECK_CODE(dp_config_set(config, key, values[i][1], &error),
                   DP_E_CONFIG);
        CHECK_CODE(dp_error_code(error), DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), key);
        CHECK_TEXT(check_field(error, "key"), key);
        CHECK_TEXT(dp_config_get(config, key), before);
        dp_error_free(error);
    }
    check_row(NULL);
    dp_config_free(config);
}

static void a_success_clears_the_error(void)
{
    dp_config *config = dp_config_new();
    dp_error *error = (dp_error *)config; /* anything but NULL */

    CHECK_CODE(dp_config_set(config, "debug", "", &error), DP_OK);
    CHECK(error == NULL);
    dp_config_free(config);
}

static void key_and_value_are_copied(void)
{
    dp_config *config = dp_config_new();
    char key[] = "project.id";
    char value[] = "first";

    CHECK_CODE(dp_config_set(config, key, value, NULL), DP_OK);
    memset(key, '?', sizeof key - 1);
    memset(value, '?', sizeof value - 1);
    CHECK_TEXT(dp_config_get(config, "project.id"), "first");
    dp_config_free(config);
}

static void description_has_every_key(void)
{
    dp_config *config = dp_config_new();
    char *description = dp_config_describe();
    json_t *settings = json_loads(description, 0, NULL);
    json_t *setting;
    size_t index;

    CHECK(json_is_array(settings));
    CHECK(json_array_size(settings) >= 17);
    json_array_foreach(settings, index, setting) {
        const char *key = json_string_value(json_object_get(setting, "key"));
        const char *standard =
            json_string_value(json_object_get(setting, "default"));
        check_row(key);
        CHECK(key && dp_config_get(config, key) != NULL);
        CHECK(json_string_value(json_object_get(setting, "type")) != NULL);
        CHECK(json_string_value(json_object_get(setting, "doc")) != NULL);
        CHECK_TEXT(standard, dp_config_get(config, key));
    }
    check_row(NULL);
    json_decref(settings);
    dp_free(description);
    dp_config_free(config);
}

int main(void)
{
    defaults_are_told();
    set_values_are_told();
    unknown_key_names_the_nearest();
    bad_values_change_nothing();
    a_success_clears_the_error();
    key_and_value_are_copied();
    description_has_every_key();
    return check_result();
}
