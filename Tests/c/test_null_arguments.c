/* SPDX-License-Identifier: Apache-2.0
 *
 * NULL in any pointer argument of any function gets its documented answer.
 * The Makefile checks that every function of the header occurs here.
 */
#include "check.h"
#include "produce.h"

#include <string.h>

static void without_handles(void)
{
    CHECK_INT(dp_has_feature(NULL), 0);
    dp_free(NULL);
    CHECK_CODE(dp_error_code(NULL), DP_OK);
    CHECK_TEXT(dp_error_message(NULL), "");
    CHECK(dp_error_field(NULL, "stored") == NULL);
    CHECK(dp_error_field(NULL, NULL) == NULL);
    dp_error_free(NULL);
    CHECK(strlen(dp_version()) > 0);
    CHECK_TEXT(dp_code_name(DP_OK), "DP_OK");
    dp_reports_free(NULL);
    CHECK_INT(dp_reports_count(NULL), 0);
    CHECK(dp_reports_at(NULL, 0) == NULL);
}

static void errors(void)
{
    dp_error *error = NULL;

    CHECK_CODE(dp_config_set(NULL, "debug", "", &error), DP_E_ARGUMENT);
    REQUIRE(error != NULL);
    CHECK(strlen(dp_error_message(error)) > 0);
    CHECK(dp_error_field(error, NULL) == NULL);
    dp_error_free(error);
}

static void config(void)
{
    dp_config *config = dp_config_new();
    char *description = dp_config_describe();

    CHECK(description != NULL);
    dp_free(description);
    CHECK_CODE(dp_config_set(NULL, "debug", "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_config_set(config, NULL, "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_config_set(config, "debug", NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_config_load(NULL, NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_config_load(NULL, "/dev/null", NULL), DP_E_ARGUMENT);
    CHECK(dp_config_get(NULL, "debug") == NULL);
    CHECK(dp_config_get(config, NULL) == NULL);
    CHECK_CODE(dp_config_set_log(NULL, NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_config_set_log(config, NULL, NULL), DP_OK);
    dp_config_free(config);
    dp_config_free(NULL);
}

static void object(void)
{
    dp_object *object = dp_object_new();
    char *json;

    CHECK_CODE(dp_object_set_string(NULL, "a", "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_string(object, NULL, "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_string(object, "a", NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_int(NULL, "a", 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_int(object, NULL, 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_real(NULL, "a", 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_real(object, NULL, 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_bool(NULL, "a", 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_bool(object, NULL, 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_null(NULL, "a", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_null(object, NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_json(NULL, "a", "1", 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_json(object, NULL, "1", 1, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_json(object, "a", NULL, 0, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_json(object, "a", NULL, 1, NULL), DP_E_ARGUMENT);
    CHECK(dp_object_json(NULL, NULL) == NULL);
    json = dp_object_json(object, NULL);
    CHECK_TEXT(json, "{}");
    dp_free(json);
    dp_object_free(object);
    dp_object_free(NULL);
}

static void request(void)
{
    dp_request *request = dp_request_new();
    dp_object *object = dp_object_new();
    dp_error *error = NULL;
    size_t length = 7;
    char *body;

    CHECK_CODE(dp_request_set(NULL, "name", "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_request_set(request, NULL, "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_request_set(request, "name", NULL, NULL), DP_OK);
    CHECK_CODE(dp_request_add(NULL, "{}", 2, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_request_add(request, NULL, 0, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_request_add(request, NULL, 2, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_request_add_object(NULL, object, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_request_add_object(request, NULL, NULL), DP_E_ARGUMENT);
    CHECK_INT(dp_request_count(NULL), 0);
    CHECK_INT(dp_request_count(request), 0);
    CHECK(dp_request_body(NULL, NULL, &length, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_ARGUMENT);
    dp_error_free(error);
    CHECK(dp_request_body(NULL, NULL, NULL, NULL) == NULL);
    CHECK_CODE(dp_request_add_object(request, object, NULL), DP_OK);
    body = dp_request_body(request, NULL, NULL, NULL);
    CHECK_TEXT(body, "{\"format_version\":1,\"data_object\":[{}]}");
    dp_free(body);
    dp_object_free(object);
    dp_request_free(request);
    dp_request_free(NULL);
}

static void client(void)
{
    dp_client *client = check_client();
    dp_request *request = check_request(1);
    dp_error *error = NULL;
    dp_reports *reports = NULL;
    char *id = (char *)request;

    CHECK(dp_client_new(NULL, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_ARGUMENT);
    dp_error_free(error);
    CHECK(dp_client_new(NULL, NULL) == NULL);
    CHECK_CODE(dp_client_set(NULL, "debug", "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_client_set(client, NULL, "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_client_set(client, "debug", NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_client_submit(NULL, ALERT, request, 0, &reports, NULL),
               DP_E_ARGUMENT);
    CHECK_CODE(dp_client_submit(client, NULL, request, 0, &reports, NULL),
               DP_E_ARGUMENT);
    CHECK_CODE(dp_client_submit(client, ALERT, NULL, 0, &reports, NULL),
               DP_E_ARGUMENT);
    CHECK(reports == NULL);
    CHECK_CODE(dp_client_lookup(NULL, "workspace", "demo", 0, &id, NULL),
               DP_E_ARGUMENT);
    CHECK_CODE(dp_client_lookup(client, NULL, "demo", 0, &id, NULL),
               DP_E_ARGUMENT);
    CHECK_CODE(dp_client_lookup(client, "workspace", NULL, 0, &id, NULL),
               DP_E_ARGUMENT);
    CHECK(id == NULL);
    CHECK_CODE(dp_client_lookup(client, "workspace", "demo", 0, NULL, &error),
               DP_E_ARGUMENT);
    CHECK_HAS(dp_error_message(error), "id_out");
    dp_error_free(error);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, NULL, NULL), DP_OK);
    CHECK_INT(check_stat("objects"), 1);
    dp_request_free(request);
    dp_client_free(client);
    dp_client_free(NULL);
}

static void producer(void)
{
    dp_producer *producer = produce_with(NULL);
    dp_error *error = NULL;
    dp_reports *reports = NULL;

    CHECK(dp_producer_new(NULL, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_ARGUMENT);
    dp_error_free(error);
    CHECK(dp_producer_new(NULL, NULL) == NULL);
    CHECK_CODE(dp_producer_send(NULL, ALERT, "{}", 2, NULL, 0, NULL, NULL),
               DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_send(producer, NULL, "{}", 2, NULL, 0, NULL, NULL),
               DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_send(producer, ALERT, NULL, 0, NULL, 0, NULL,
                                NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_send(producer, ALERT, NULL, 2, NULL, 0, NULL,
                                NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_send_many(NULL, ALERT, "{}", 2, NULL, 0, NULL,
                                     NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_send_many(producer, NULL, "{}", 2, NULL, 0, NULL,
                                     NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_send_many(producer, ALERT, NULL, 0, NULL, 0, NULL,
                                     NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_poll(NULL, 0, 0, &reports), DP_E_ARGUMENT);
    CHECK(reports == NULL);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, NULL), DP_E_ARGUMENT);
    CHECK_INT(dp_producer_event_fd(NULL), -1);
    CHECK_CODE(dp_producer_flush(NULL, 0, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_set(NULL, "debug", "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_set(producer, NULL, "", NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_set(producer, "debug", NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_queued(NULL, NULL, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_queued(producer, NULL, NULL), DP_OK);
    CHECK_CODE(dp_producer_pause(NULL, ALERT, 1), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_pause(producer, NULL, 0), DP_OK);
    CHECK_CODE(dp_producer_purge(NULL, ALERT, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_producer_purge(producer, NULL, NULL), DP_OK);
    CHECK(dp_producer_stats(NULL, NULL) == NULL);
    CHECK(dp_producer_stats(NULL, "json") == NULL);
    CHECK_CODE(dp_producer_close(NULL, 0, &reports, &error), DP_E_ARGUMENT);
    CHECK_CODE(dp_error_code(error), DP_E_ARGUMENT);
    dp_error_free(error);
    CHECK(reports == NULL);
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    dp_producer_free(producer);
    dp_producer_free(NULL);
}

int main(void)
{
    without_handles();
    errors();
    config();
    object();
    request();
    client();
    producer();
    return check_result();
}
