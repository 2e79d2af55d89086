/* SPDX-License-Identifier: Apache-2.0
 *
 * dp_request_body gives the exact bytes, with both names of the list, and no
 * body passes 12,000,000 bytes.
 */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#define BODY_MAX 12000000

static void body_is(const dp_request *request, const dp_config *config,
                    const char *wanted)
{
    dp_error *error = NULL;
    size_t length = 0;
    char *body = dp_request_body(request, config, &length, &error);

    CHECK_TEXT(body, wanted);
    CHECK_INT(length, strlen(wanted));
    CHECK(error == NULL);
    dp_free(body);
}

static void envelope_has_what_is_set(void)
{
    dp_request *request = check_request(2);

    body_is(request, NULL,
            "{\"format_version\":1,\"data_object\":[{\"n\":0},{\"n\":1}]}");
    CHECK_CODE(dp_request_set(request, "format_version", "-2147483648", NULL),
               DP_OK);
    CHECK_CODE(dp_request_set(request, "trigger_flag", "true", NULL), DP_OK);
    CHECK_CODE(dp_request_set(request, "type", "", NULL), DP_OK);
    CHECK_CODE(dp_request_set(request, "name", "a\"\\\n é", NULL), DP_OK);
    body_is(request, NULL,
            "{\"format_version\":-2147483648,\"name\":\"a\\\"\\\\\\n é\","
            "\"type\":\"\",\"trigger_flag\":true,"
            "\"data_object\":[{\"n\":0},{\"n\":1}]}");
    CHECK_CODE(dp_request_set(request, "format_version", NULL, NULL), DP_OK);
    CHECK_CODE(dp_request_set(request, "name", NULL, NULL), DP_OK);
    CHECK_CODE(dp_request_set(request, "type", NULL, NULL), DP_OK);
    CHECK_CODE(dp_request_set(request, "trigger_flag", "false", NULL), DP_OK);
    body_is(request, NULL, "{\"trigger_flag\":false,"
                           "\"data_object\":[{\"n\":0},{\"n\":1}]}");
    CHECK_CODE(dp_request_set(request, "trigger_flag", NULL, NULL), DP_OK);
    CHECK_CODE(dp_request_set(request, "id", "u-1", NULL), DP_OK);
    body_is(request, NULL,
            "{\"id\":\"u-1\",\"data_object\":[{\"n\":0},{\"n\":1}]}");
    CHECK_CODE(dp_request_set(request, "id", NULL, NULL), DP_OK);
    body_is(request, NULL, "{\"data_object\":[{\"n\":0},{\"n\":1}]}");
    dp_request_free(request);
}

static void list_has_the_name_that_is_set(void)
{
    dp_request *request = check_request(1);
    dp_config *config = dp_config_new();

    body_is(request, config, "{\"format_version\":1,\"data_object\":"
                             "[{\"n\":0}]}");
    CHECK_CODE(dp_config_set(config, "request.list_field", "data_object_list",
                             NULL), DP_OK);
    body_is(request, config, "{\"format_version\":1,\"data_object_list\":"
                             "[{\"n\":0}]}");
    dp_config_free(config);
    dp_request_free(request);
}

static void bad_fields_change_nothing(void)
{
    static const char *const fields[][2] = {
        { "format_version", "" }, { "format_version", "one" },
        { "format_version", "1.5" }, { "format_version", "2147483648" },
        { "format_version", "-2147483649" }, { "format_version", " 1" },
        { "format_version", "1x" }, { "trigger_flag", "yes" },
        { "trigger_flag", "" }, { "trigger_flag", "TRUE" },
        { "name", "\xff" }, { "type", "a\xc0\x80" }, { "id", "\xed\xa0\xbd" },
        { "colour", "red" }, { "", "x" }, { "data_object", "[]" },
        { "Name", "x" },
    };
    dp_request *request = check_request(1);

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        dp_error *error = NULL;
        check_row(fields[i][0]);
        CHECK_CODE(dp_request_set(request, fields[i][0], fields[i][1], &error),
                   DP_E_ARGUMENT);
        CHECK_TEXT(check_field(error, "key"), fields[i][0]);
        CHECK_HAS(dp_error_message(error), fields[i][0]);
        body_is(request, NULL, "{\"format_version\":1,\"data_object\":"
                               "[{\"n\":0}]}");
        dp_error_free(error);
    }
    check_row(NULL);
    dp_request_free(request);
}

static void an_empty_request_has_no_body(void)
{
    dp_request *request = dp_request_new();
    dp_client *client = check_client();
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    size_t length = 0;

    CHECK(dp_request_body(request, NULL, &length, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_EMPTY);
    dp_error_free(error);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, &reports, &error),
               DP_E_EMPTY);
    CHECK_CODE(dp_error_code(error), DP_E_EMPTY);
    CHECK(reports == NULL);
    dp_error_free(error);
    dp_client_free(client);
    dp_request_free(request);
}

/* Adds one object that brings an empty request's body to `length` bytes. */
static dp_code fill(dp_request *request, size_t length, dp_error **error)
{
    size_t frame = strlen("{\"format_version\":1,\"data_object\":[]}");
    char *json = check_big_object(length - frame);
    dp_code code = dp_request_add(request, json, length - frame, error);

    free(json);
    return code;
}

/* Both sizes are to be in the message, with or without separators. */
static void sizes_are_told(const dp_error *error, const char *size)
{
    char digits[1024] = "";
    size_t count = 0;

    for (const char *c = dp_error_message(error); *c; c++)
        if (*c != ',' && *c != '_' && count + 1 < sizeof digits)
            digits[count++] = *c;
    CHECK_HAS(digits, "12000000");
    CHECK_HAS(digits, size);
}

static void no_body_passes_the_limit(void)
{
    dp_request *request = dp_request_new();
    dp_config *config = dp_config_new();
    dp_error *error = NULL;
    size_t length = 0;
    char *body;

    CHECK_CODE(fill(request, BODY_MAX + 1, &error), DP_E_TOO_LARGE);
    sizes_are_told(error, "12000001");
    CHECK_INT(dp_request_count(request), 0);
    dp_error_free(error);
    CHECK_CODE(fill(request, 13000000, &error), DP_E_TOO_LARGE);
    sizes_are_told(error, "13000000");
    dp_error_free(error);
    CHECK_CODE(fill(request, BODY_MAX, NULL), DP_OK);
    body = dp_request_body(request, NULL, &length, NULL);
    CHECK(body != NULL);
    CHECK_INT(length, BODY_MAX);
    dp_free(body);

    CHECK_CODE(dp_request_add(request, "{}", 2, NULL), DP_E_TOO_LARGE);
    CHECK_INT(dp_request_count(request), 1);
    CHECK_CODE(dp_config_set(config, "request.list_field", "data_object_list",
                             NULL), DP_OK);
    CHECK(dp_request_body(request, config, NULL, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_TOO_LARGE);
    dp_error_free(error);
    dp_config_free(config);
    dp_request_free(request);
}

int main(void)
{
    envelope_has_what_is_set();
    list_has_the_name_that_is_set();
    bad_fields_change_nothing();
    an_empty_request_has_no_body();
    no_body_passes_the_limit();
    return check_result();
}
