/* SPDX-License-Identifier: Apache-2.0
 *
 * A secret appears nowhere: not in what is read back, described, logged or
 * reported. The log comes on the caller's thread, a line at a time.
 */
#include "check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "s3cr3t-t0ken-7f9a"
/* That of the emulator's temporary keys. */
#define SECURITY_TOKEN "emulator-security-token"
#define PAYLOAD "p4yl0ad-b52c"

struct log {
    pthread_t thread;
    int lines;
    int debug_lines;
};

static void receive(int32_t level, const char *area, const char *message,
                    void *context)
{
    struct log *log = (struct log *)context;

    log->lines++;
    log->debug_lines += level == 7;
    CHECK(pthread_equal(log->thread, pthread_self()));
    CHECK(level >= 3 && level <= 7);
    CHECK(area && *area && !strpbrk(area, " \n"));
    CHECK(message && *message && !strpbrk(message, "\r\n"));
    CHECK(strstr(message, SECRET) == NULL);
    CHECK(strstr(message, SECURITY_TOKEN) == NULL);
    CHECK(strstr(message, PAYLOAD) == NULL);
}

/* Submits with credentials that the emulator refuses, and looks at what is
 * told. */
static void submit_refused(dp_client *client)
{
    const char *json = "{\"title\":\"" PAYLOAD "\"}";
    dp_request *request = dp_request_new();
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    const dp_report *report;

    CHECK_CODE(dp_request_add(request, json, strlen(json), NULL), DP_OK);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, &reports, &error),
               DP_E_AUTH);
    report = dp_reports_at(reports, 0);
    REQUIRE(report != NULL);
    CHECK(strstr(dp_error_message(error), SECRET) == NULL);
    CHECK(strstr(dp_error_message(error), SECURITY_TOKEN) == NULL);
    CHECK(strstr(check_field(error, "server_message"), SECURITY_TOKEN)
          == NULL);
    CHECK(strstr(report->message, SECRET) == NULL);
    dp_reports_free(reports);
    dp_error_free(error);
    dp_request_free(request);
}

static void log_has_no_secret(dp_config *config)
{
    struct log log = { pthread_self(), 0, 0 };
    dp_error *error = NULL;
    dp_client *client;

    CHECK_CODE(dp_config_set(config, "debug", "conn,retry,wire", NULL), DP_OK);
    CHECK_CODE(dp_config_set_log(config, receive, &log), DP_OK);
    client = dp_client_new(config, &error);
    CHECK_TEXT(dp_error_message(error), "");
    REQUIRE(client != NULL);
    submit_refused(client);
    CHECK(log.lines > 0);
    CHECK(log.debug_lines > 0);

    log.debug_lines = 0;
    CHECK_CODE(dp_client_set(client, "debug", "", NULL), DP_OK);
    /* Or a key would not be tried again. */
    CHECK_CODE(dp_client_set(client, "auth.secret_key", SECRET, NULL), DP_OK);
    submit_refused(client);
    CHECK_INT(log.debug_lines, 0);
    dp_client_free(client);
    dp_config_free(config);
}

static void a_refused_token_is_not_logged(void)
{
    dp_config *config = check_config();

    CHECK_CODE(dp_config_set(config, "auth.token", SECRET, NULL), DP_OK);
    log_has_no_secret(config);
}

/* The service answers with the request as it signs it, token and all. */
static void refused_keys_are_not_logged(void)
{
    static const char *const settings[][2] = {
        { "auth", "aksk" }, { "auth.access_key", "AKTEMPORARY" },
        { "auth.secret_key", SECRET },
        { "auth.security_token", SECURITY_TOKEN },
    };
    dp_config *config = check_config();

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        CHECK_CODE(dp_config_set(config, settings[i][0], settings[i][1], NULL),
                   DP_OK);
    log_has_no_secret(config);
}

/* The password goes to IAM, whose refusal is told. */
static void a_refused_password_is_not_logged(void)
{
    struct log log = { pthread_self(), 0, 0 };
    dp_config *config = check_config();
    dp_error *error = NULL;
    dp_request *request = check_request(1);
    dp_client *client;

    CHECK_CODE(dp_config_set(config, "auth", "password", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "auth.user", "u", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "auth.password", SECRET, NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "auth.domain", "d", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "iam.endpoint",
                             dp_config_get(config, "endpoint"), NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "debug", "conn,retry,wire", NULL), DP_OK);
    CHECK_CODE(dp_config_set_log(config, receive, &log), DP_OK);
    client = dp_client_new(config, &error);
    REQUIRE(client != NULL);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, NULL, &error),
               DP_E_AUTH);
    CHECK_HAS(dp_error_message(error), "auth.password");
    CHECK(strstr(dp_error_message(error), SECRET) == NULL);
    CHECK(log.lines > 0);
    dp_error_free(error);
    dp_request_free(request);
    dp_client_free(client);
    dp_config_free(config);
}

static void settings_have_no_secret(void)
{
    static const char *const secrets[] = {
        "auth.token", "auth.password", "auth.secret_key",
        "auth.security_token",
    };
    dp_config *config = dp_config_new();
    char *description;

    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        dp_error *error = NULL;
        check_row(secrets[i]);
        CHECK_TEXT(dp_config_get(config, secrets[i]), "");
        CHECK_CODE(dp_config_set(config, secrets[i], SECRET, NULL), DP_OK);
        CHECK_TEXT(dp_config_get(config, secrets[i]), "[redacted]");
        CHECK_CODE(dp_config_set(config, secrets[i], SECRET "\n", &error),
                   DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), secrets[i]);
        CHECK(strstr(dp_error_message(error), SECRET) == NULL);
        dp_error_free(error);
    }
    check_row(NULL);
    description = dp_config_describe();
    CHECK(description && strstr(description, SECRET) == NULL);
    dp_free(description);
    dp_config_free(config);
}

static void errors_of_other_settings_have_no_secret(void)
{
    dp_config *config = check_config();
    dp_error *error = NULL;

    /* The value is a secret that went to the wrong key. */
    CHECK_CODE(dp_config_set(config, "auth.tokem", SECRET, &error),
               DP_E_CONFIG);
    CHECK(strstr(dp_error_message(error), SECRET) == NULL);
    dp_error_free(error);
    dp_config_free(config);
}

int main(void)
{
    settings_have_no_secret();
    errors_of_other_settings_have_no_secret();
    a_refused_token_is_not_logged();
    refused_keys_are_not_logged();
    a_refused_password_is_not_logged();
    return check_result();
}
