/* SPDX-License-Identifier: Apache-2.0
 *
 * Settings are read from a file or from the environment, all or nothing.
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/datapanel-test-XXXXXX";

/* Makes a file of `text` and loads it. */
static dp_code load_text(dp_config *config, const char *text, dp_error **error)
{
    FILE *file = fopen(path, "wb");

    REQUIRE(file != NULL);
    REQUIRE(fputs(text, file) >= 0);
    REQUIRE(fclose(file) == 0);
    return dp_config_load(config, path, error);
}

static void a_file_is_read(void)
{
    dp_config *config = dp_config_new();
    dp_error *error = NULL;

    CHECK_CODE(load_text(config,
                         "# the sensor at the door\n"
                         "\n"
                         "endpoint = https://example.test\n"
                         "project.id=p1\n"
                         "  workspace.id   =   w1  \n"
                         "request.timeout = 20s\r\n"
                         "   # indented comment\n"
                         "auth.token = a=b#c==", &error), DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    CHECK_TEXT(dp_config_get(config, "endpoint"), "https://example.test");
    CHECK_TEXT(dp_config_get(config, "project.id"), "p1");
    CHECK_TEXT(dp_config_get(config, "workspace.id"), "w1");
    CHECK_TEXT(dp_config_get(config, "request.timeout"), "20s");
    CHECK_TEXT(dp_config_get(config, "auth.token"), "[redacted]");
    CHECK_CODE(load_text(config, "", NULL), DP_OK);
    CHECK_TEXT(dp_config_get(config, "project.id"), "p1");
    dp_error_free(error);
    dp_config_free(config);
}

static void a_bad_line_undoes_the_file(void)
{
    /* Each has its fault in line 3. */
    static const char *const texts[] = {
        "project.id = p2\n\nrequest.timeout = soon\nworkspace.id = w2\n",
        "project.id = p2\n\nno equals sign\n",
        "project.id = p2\n# comment\nproject.idd = p3\n",
        "project.id = p2\nworkspace.id = w2\n = value\n",
        "project.id = p2\nworkspace.id = w2\nworkspace.id = a\xff\n",
    };
    dp_config *config = dp_config_new();

    CHECK_CODE(dp_config_set(config, "project.id", "p1", NULL), DP_OK);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        dp_error *error = NULL;
        char row[32];
        snprintf(row, sizeof row, "bad file %lu", (unsigned long)i + 1);
        check_row(row);
        CHECK_CODE(load_text(config, texts[i], &error), DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), path);
        CHECK_HAS(dp_error_message(error), "3");
        CHECK_TEXT(dp_config_get(config, "project.id"), "p1");
        CHECK_TEXT(dp_config_get(config, "workspace.id"), "");
        dp_error_free(error);
    }
    check_row(NULL);
    dp_config_free(config);
}

static void a_file_that_cannot_be_read_is_named(void)
{
    static const char *const paths[] = {
        "/nonexistent/datapanel.conf", "/tmp",
    };
    dp_config *config = dp_config_new();

    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        dp_error *error = NULL;
        check_row(paths[i]);
        CHECK_CODE(dp_config_load(config, paths[i], &error), DP_E_FILE);
        CHECK_HAS(dp_error_message(error), paths[i]);
        dp_error_free(error);
    }
    check_row(NULL);
    dp_config_free(config);
}

static void the_environment_is_read(void)
{
    dp_config *config = dp_config_new();
    dp_error *error = NULL;

    REQUIRE(setenv("DATAPANEL_ENDPOINT", "https://other.test", 1) == 0);
    REQUIRE(setenv("DATAPANEL_REQUEST_LIST_FIELD", "data_object_list", 1)
            == 0);
    REQUIRE(setenv("DATAPANEL_TLS_CA_FILE", "/dev/null", 1) == 0);
    CHECK_CODE(dp_config_load(config, NULL, &error), DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    CHECK_TEXT(dp_config_get(config, "endpoint"), "https://other.test");
    CHECK_TEXT(dp_config_get(config, "request.list_field"),
               "data_object_list");
    CHECK_TEXT(dp_config_get(config, "tls.ca_file"), "/dev/null");
    CHECK_TEXT(dp_config_get(config, "auth.token"), "[redacted]");
    dp_error_free(error);
    dp_config_free(config);
}

static void a_bad_variable_undoes_the_environment(void)
{
    static const char *const variables[][2] = {
        { "DATAPANEL_REQUEST_TIMEOUT", "soon" },
        { "DATAPANEL_REQUEST_TIMOUT", "20s" },
        { "DATAPANEL_", "x" },
    };

    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        dp_config *config = dp_config_new();
        dp_error *error = NULL;
        check_row(variables[i][0]);
        REQUIRE(setenv(variables[i][0], variables[i][1], 1) == 0);
        CHECK_CODE(dp_config_load(config, NULL, &error), DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), variables[i][0]);
        CHECK_TEXT(dp_config_get(config, "endpoint"), "");
        CHECK_TEXT(dp_config_get(config, "auth.token"), "");
        REQUIRE(unsetenv(variables[i][0]) == 0);
        dp_error_free(error);
        dp_config_free(config);
    }
    check_row(NULL);
}

int main(void)
{
    int file = mkstemp(path);

    REQUIRE(file >= 0);
    close(file);
    a_file_is_read();
    a_bad_line_undoes_the_file();
    a_file_that_cannot_be_read_is_named();
    the_environment_is_read();
    a_bad_variable_undoes_the_environment();
    unlink(path);
    return check_result();
}
