/* SPDX-License-Identifier: Apache-2.0
 *
 * A target written as "name:Alert" is looked up once, and once more when its
 * data class has come back under another id.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

static dp_code submit(dp_client *client, const char *target,
                      dp_reports **reports, dp_error **error)
{
    dp_request *request = check_request(1);
    dp_code code = dp_client_submit(client, target, request, 20000, reports,
                                    error);

    dp_request_free(request);
    return code;
}

static void stored(dp_client *client, const char *target)
{
    dp_error *error = NULL;

    CHECK_CODE(submit(client, target, NULL, &error), DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    dp_error_free(error);
}

static void a_name_is_looked_up_once(dp_client *client)
{
    check_fault(NULL);
    for (int i = 0; i < 3; i++)
        stored(client, "name:Alert");
    stored(client, "name:Incident");
    CHECK_INT(check_stat("objects"), 4);
    CHECK_INT(check_stat("requests"), 6);
}

static void a_name_without_an_id_is_told(dp_client *client)
{
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    check_fault(NULL);
    CHECK_CODE(submit(client, "name:Allert", &reports, &error), DP_E_NAME);
    CHECK_HAS(dp_error_message(error), "\"Alert\"");
    CHECK_TEXT(check_field(error, "stored"), "no");
    CHECK(reports == NULL);
    CHECK_INT(check_stat("objects"), 0);
    dp_error_free(error);
    CHECK_CODE(submit(client, "name:", &reports, &error), DP_E_ARGUMENT);
    dp_error_free(error);
}

/* Moves the class of alerts from one id to another; NULL is none. */
static void move(const char *from, const char *to, int status)
{
    char text[128];
    long answer = 0;

    if (from) {
        snprintf(text, sizeof text, "/_emulator/dataclasses/%s?status=%d",
                 from, status);
        free(check_call("DELETE", text, NULL, &answer));
        CHECK_INT(answer, 200);
    }
    if (!to)
        return;
    snprintf(text, sizeof text, "{\"id\":\"%s\",\"name\":\"Alert\"}", to);
    free(check_call("POST", "/_emulator/dataclasses", text, &answer));
    CHECK_INT(answer, 200);
}

static void a_name_follows_its_data_class(dp_client *client)
{
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    stored(client, "name:Alert");
    check_fault(NULL);
    move(ALERT, "a2", 404);
    stored(client, "name:Alert");
    /* Refused, looked up, stored. */
    CHECK_INT(check_stat("requests"), 3);
    stored(client, "name:Alert");
    CHECK_INT(check_stat("requests"), 4);
    move("a2", "a3", 400);
    stored(client, "name:Alert");
    CHECK_INT(check_stat("requests"), 7);

    move("a3", NULL, 404);
    CHECK_CODE(submit(client, "name:Alert", &reports, &error), DP_E_NAME);
    CHECK_TEXT(check_field(error, "stored"), "no");
    REQUIRE(dp_reports_count(reports) == 1);
    CHECK_CODE(dp_reports_at(reports, 0)->code, DP_E_ENDPOINT);
    CHECK_INT(dp_reports_at(reports, 0)->stored, DP_STORED_NO);
    dp_reports_free(reports);
    dp_error_free(error);

    move(NULL, ALERT, 0);
    stored(client, "name:Alert");
}

/* A refusal that has another cause leads to the same id, and stays. */
static void another_404_is_told_as_it_is(dp_client *client)
{
    dp_error *error = NULL;

    stored(client, "name:Alert");
    check_fault("{\"status\":404}");
    CHECK_CODE(submit(client, "name:Alert", NULL, &error), DP_E_ENDPOINT);
    CHECK_TEXT(check_field(error, "http_status"), "404");
    CHECK_INT(check_stat("requests"), 2);
    dp_error_free(error);
    check_fault("{\"status\":400}");
    CHECK_CODE(submit(client, "name:Alert", NULL, &error), DP_E_REJECTED);
    CHECK_INT(check_stat("requests"), 1);
    dp_error_free(error);
}

int main(void)
{
    dp_client *client = check_client();

    a_name_is_looked_up_once(client);
    a_name_without_an_id_is_told(client);
    another_404_is_told_as_it_is(client);
    a_name_follows_its_data_class(client);
    dp_client_free(client);
    return check_result();
}
