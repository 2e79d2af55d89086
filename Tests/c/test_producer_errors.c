/* SPDX-License-Identifier: Apache-2.0
 *
 * What cannot be sent is refused at once, with a reason, and nothing of it is
 * taken. Settings that clash are refused when the producer is made.
 */
#include "produce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void bad_objects(void)
{
    static const struct {
        const char *json;
        const char *offset;
    } rows[] = {
        { "", "0" }, { "7", "0" }, { "[]", "0" }, { "{\"a\":}", "5" },
        { "{\"a\":1", "6" }, { "{} {}", "3" }, { "{\"a\":\"\xff\"}", "6" },
    };
    dp_producer *producer = produce_with(NULL);

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_error *error = NULL;
        check_row(rows[i].json);
        CHECK_CODE(dp_producer_send(producer, ALERT, rows[i].json,
                                    strlen(rows[i].json), NULL, 0, NULL,
                                    &error), DP_E_JSON);
        CHECK_TEXT(check_field(error, "offset"), rows[i].offset);
        CHECK(strlen(dp_error_message(error)) > 0);
        dp_error_free(error);
    }
    check_row(NULL);
    CHECK_INT(produce_queued(producer), 0);
    dp_producer_free(producer);
}

static void bad_arguments(void)
{
    static const char *const targets[] = { "", "a/b", "a\nb", "\x7f" };
    dp_producer *producer = produce_with(NULL);
    dp_reports *left = NULL;
    dp_error *error = NULL;
    size_t count = 7;

    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        check_row(targets[i]);
        CHECK_CODE(dp_producer_send(producer, targets[i], "{}", 2, NULL, 0,
                                    NULL, &error), DP_E_ARGUMENT);
        CHECK_HAS(dp_error_message(error), "target");
        dp_error_free(error);
        CHECK_CODE(dp_producer_send_many(producer, targets[i], "{}", 2, NULL,
                                         0, NULL, &count, NULL),
                   DP_E_ARGUMENT);
        CHECK_INT(count, 0);
        CHECK_CODE(dp_producer_pause(producer, targets[i], 1), DP_E_ARGUMENT);
        CHECK_CODE(dp_producer_purge(producer, targets[i], NULL),
                   DP_E_ARGUMENT);
    }
    check_row(NULL);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, -1, NULL,
                                NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_send_many(producer, ALERT, "{}", 2, NULL, -1, NULL,
                                     NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_flush(producer, -1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_close(producer, -1, &left, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_set(producer, "batch.object", "1", &error),
               DP_E_CONFIG);
    CHECK_HAS(dp_error_message(error), "batch.objects");
    dp_error_free(error);
    CHECK_CODE(dp_producer_set(producer, "endpoint", "http://x", NULL),
               DP_E_CONFIG);
    CHECK_CODE(dp_producer_set(producer, "request.timeout", "soon", NULL),
               DP_E_CONFIG);
    CHECK_INT(produce_queued(producer), 0);
    CHECK_CODE(dp_producer_close(producer, 0, &left, NULL), DP_OK);
    dp_producer_free(producer);
}

/* The largest body there may be; the envelope needs its share of it. */
static void the_largest_object(void)
{
    static const char envelope[] = "{\"format_version\":1,\"data_object\":[]}";
    size_t largest = 12000000 - strlen(envelope);
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    char *json = check_big_object(largest + 1);
    dp_error *error = NULL;

    check_fault(NULL);
    CHECK_CODE(dp_producer_send(producer, ALERT, json, largest + 1, NULL, 0,
                                NULL, &error), DP_E_TOO_LARGE);
    CHECK_HAS(dp_error_message(error), "12000000");
    free(json);
    json = check_big_object(largest);
    produce_one(producer, json);
    gather(&gathered, producer, 1);
    CHECK_INT(gathered_code(&gathered, DP_OK), 1);
    CHECK_INT(check_stat("objects"), 1);
    dp_error_free(error);
    free(json);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void a_missing_setting_is_named(void)
{
    dp_config *config = dp_config_new();
    dp_error *error = NULL;

    CHECK(dp_producer_new(config, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_CONFIG);
    CHECK_HAS(dp_error_message(error), "endpoint");
    dp_error_free(error);
    dp_config_free(config);
}

static void clashing_settings_are_both_named(void)
{
    static const char *const rows[][4] = {
        { "linger", "20s", "delivery.timeout", "10s" },
        { "request.timeout", "20s", "delivery.timeout", "10s" },
        { "backoff.base", "20s", "backoff.cap", "10s" },
        { "batch.bytes", "8MiB", "queue.bytes", "1MiB" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_config *config = check_config();
        dp_error *error = NULL;

        check_row(rows[i][0]);
        CHECK_CODE(dp_config_set(config, rows[i][0], rows[i][1], NULL),
                   DP_OK);
        CHECK_CODE(dp_config_set(config, rows[i][2], rows[i][3], NULL),
                   DP_OK);
        CHECK(dp_producer_new(config, &error) == NULL);
        CHECK_CODE(dp_error_code(error), DP_E_CONFIG);
        CHECK_HAS(dp_error_message(error), rows[i][0]);
        CHECK_HAS(dp_error_message(error), rows[i][2]);
        dp_error_free(error);
        dp_config_free(config);
    }
    check_row(NULL);
}

int main(void)
{
    bad_objects();
    bad_arguments();
    the_largest_object();
    a_missing_setting_is_named();
    clashing_settings_are_both_named();
    return check_result();
}
