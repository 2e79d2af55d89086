/* SPDX-License-Identifier: Apache-2.0
 *
 * auth = default finds credentials in the settings, the environment, the
 * profile file and the metadata service, and tells where, but not what they
 * are. The emulator is the metadata service.
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "s3cr3t-k3y-5d1e"

static char path[] = "/tmp/datapanel-test-XXXXXX";

/* All that was logged. */
static char lines[16384];

static void receive(int32_t level, const char *area, const char *message,
                    void *context)
{
    size_t used = strlen(lines);

    (void)level;
    (void)context;
    CHECK_INT(strlen(area) > 0, 1);
    snprintf(lines + used, sizeof lines - used, "%s\n", message);
}

static void unset_all(void)
{
    static const char *const variables[] = {
        "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_SECURITY_TOKEN", "HUAWEICLOUD_SDK_PROJECT_ID",
        "HUAWEICLOUD_SDK_IAM_ENDPOINT", "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
    };

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        REQUIRE(unsetenv(variables[i]) == 0);
    REQUIRE(setenv("HOME", "/nonexistent", 1) == 0);
    lines[0] = '\0';
}

static dp_config *default_config(void)
{
    dp_config *config = check_config();

    CHECK_CODE(dp_config_set(config, "auth", "default", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "auth.token", "", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "metadata.endpoint",
                             dp_config_get(config, "endpoint"), NULL), DP_OK);
    CHECK_CODE(dp_config_set_log(config, receive, NULL), DP_OK);
    return config;
}

static void write_profile(const char *text, mode_t mode)
{
    FILE *file = fopen(path, "wb");

    REQUIRE(file != NULL);
    REQUIRE(fputs(text, file) >= 0);
    REQUIRE(fclose(file) == 0);
    REQUIRE(chmod(path, mode) == 0);
    REQUIRE(setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", path, 1) == 0);
}

/* Submits once with these settings; frees them. */
static dp_code submit(dp_config *config, dp_error **error)
{
    dp_client *client = dp_client_new(config, error);
    dp_request *request = check_request(1);
    dp_code code = dp_error_code(*error);

    if (client != NULL)
        code = dp_client_submit(client, ALERT, request, 0, NULL, error);
    CHECK(strstr(lines, SECRET) == NULL);
    CHECK(strstr(dp_error_message(*error), SECRET) == NULL);
    dp_request_free(request);
    dp_client_free(client);
    dp_config_free(config);
    return code;
}

static void expect_stored(const char *place)
{
    dp_error *error = NULL;

    CHECK_CODE(submit(default_config(), &error), DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    CHECK_HAS(lines, place);
    dp_error_free(error);
}

static void the_environment_has_keys(void)
{
    unset_all();
    REQUIRE(setenv("HUAWEICLOUD_SDK_AK", "AKTEMPORARY", 1) == 0);
    REQUIRE(setenv("HUAWEICLOUD_SDK_SK", "SKTEMPORARY", 1) == 0);
    REQUIRE(setenv("HUAWEICLOUD_SDK_SECURITY_TOKEN",
                   "emulator-security-token", 1) == 0);
    expect_stored("keys come from the environment");
    CHECK(strstr(lines, "emulator-security-token") == NULL);
}

static void the_profile_has_keys(void)
{
    unset_all();
    write_profile("[basic]\nak = AKEXAMPLE\nsk = SKEXAMPLE\n", 0600);
    expect_stored("keys come from [basic] of /tmp/datapanel-test-");
    CHECK_HAS(lines, "HUAWEICLOUD_SDK_AK is not set");
    CHECK(strstr(lines, "chmod") == NULL);
}

static void a_profile_for_all_to_read_is_warned_of(void)
{
    unset_all();
    write_profile("[basic]\nak = AKEXAMPLE\nsk = SKEXAMPLE\n", 0644);
    expect_stored("others can read or change it: chmod 600 /tmp/datapanel-");
}

static void the_metadata_service_has_keys(void)
{
    unset_all();
    expect_stored("keys come from the metadata service, http://127.0.0.1:");
    CHECK_HAS(lines, "there is no file /nonexistent/");
    CHECK_HAS(lines, "new keys from the metadata service, HST");
}

static void a_half_of_a_pair_is_refused(void)
{
    dp_error *error = NULL;

    unset_all();
    REQUIRE(setenv("HUAWEICLOUD_SDK_SK", SECRET, 1) == 0);
    CHECK_CODE(submit(default_config(), &error), DP_E_CONFIG);
    CHECK_HAS(dp_error_message(error),
              "has HUAWEICLOUD_SDK_SK, but no HUAWEICLOUD_SDK_AK");
    CHECK_TEXT(check_field(error, "key"), "HUAWEICLOUD_SDK_AK");
    dp_error_free(error);

    unset_all();
    write_profile("[basic]\nsk = " SECRET "\n", 0600);
    error = NULL;
    CHECK_CODE(submit(default_config(), &error), DP_E_CONFIG);
    CHECK_HAS(dp_error_message(error), "has sk, but no ak");
    dp_error_free(error);
}

static void a_wrong_key_is_not_shown(void)
{
    dp_error *error = NULL;

    unset_all();
    write_profile("[basic]\nak = AKEXAMPLE\nsk = " SECRET "\n", 0600);
    CHECK_CODE(submit(default_config(), &error), DP_E_AUTH);
    dp_error_free(error);
}

static void without_any_each_place_is_named(void)
{
    dp_config *config;
    dp_error *error = NULL;

    unset_all();
    config = default_config();
    CHECK_CODE(dp_config_set(config, "metadata.endpoint", "http://127.0.0.1:1",
                             NULL), DP_OK);
    CHECK_CODE(submit(config, &error), DP_E_AUTH);
    CHECK_HAS(dp_error_message(error), "the settings have no credentials");
    CHECK_HAS(dp_error_message(error), "HUAWEICLOUD_SDK_AK is not set");
    CHECK_HAS(dp_error_message(error), "/nonexistent/.huaweicloud/credentials");
    CHECK_HAS(dp_error_message(error), "the metadata service has none");
    CHECK_TEXT(check_field(error, "stored"), "no");
    dp_error_free(error);
}

/* The project id comes with the keys, where a producer needs it at once. */
static void a_producer_finds_them_too(void)
{
    dp_config *config = default_config();
    dp_error *error = NULL;
    dp_producer *producer;
    dp_reports *reports = NULL;

    unset_all();
    write_profile("[basic]\nak = AKEXAMPLE\nsk = SKEXAMPLE\n"
                  "project_id = 0123456789abcdef0123456789abcdef\n", 0600);
    CHECK_CODE(dp_config_set(config, "project.id", "", NULL), DP_OK);
    producer = dp_producer_new(config, &error);
    CHECK_TEXT(dp_error_message(error), "");
    REQUIRE(producer != NULL);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL, NULL),
               DP_OK);
    CHECK_CODE(dp_producer_poll(producer, 10000, 0, &reports), DP_OK);
    REQUIRE(dp_reports_count(reports) == 1);
    CHECK_CODE(dp_reports_at(reports, 0)->code, DP_OK);
    dp_reports_free(reports);
    dp_producer_free(producer);
    dp_config_free(config);
}

int main(void)
{
    int file = mkstemp(path);

    REQUIRE(file >= 0);
    close(file);
    the_environment_has_keys();
    the_profile_has_keys();
    a_profile_for_all_to_read_is_warned_of();
    the_metadata_service_has_keys();
    a_half_of_a_pair_is_refused();
    a_wrong_key_is_not_shown();
    without_any_each_place_is_named();
    a_producer_finds_them_too();
    unlink(path);
    return check_result();
}
