/* SPDX-License-Identifier: Apache-2.0
 *
 * A batch goes when it has enough objects, enough bytes, or has waited for
 * long enough; a flush sends it before that. Never are more under way than
 * the settings allow, and no batch mixes targets.
 */
#include "produce.h"
#include "service.h"

#include <stdlib.h>
#include <string.h>

#define INCIDENT "2d7f0c1e-93b4-4a6d-8f15-7c0e6a9b3d14"

static void by_count(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "10", "linger", "60s");
    struct gathered gathered = { 0 };

    produce_many(producer, 0, 45);
    gather(&gathered, producer, 40);
    CHECK_INT(service_requests(service), 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(service_count(service, i), 10);
    /* The others wait for company. */
    CHECK_INT(produce_queued(producer), 5);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    CHECK_INT(produce_queued(producer), 0);
    gather(&gathered, producer, 45);
    CHECK_INT(service_requests(service), 5);
    CHECK_INT(service_count(service, 4), 5);
    CHECK_INT(service_stored(service, NULL), 45);
    /* There is nothing to wait for now. */
    CHECK_CODE(dp_producer_flush(producer, 0, NULL), DP_OK);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void by_bytes(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.bytes", "64KiB", "linger", "60s");
    struct gathered gathered = { 0 };
    char *json = check_big_object(10000);

    /* Six of them fit. */
    for (int i = 0; i < 60; i++)
        produce_one(producer, json);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    gather(&gathered, producer, 60);
    CHECK_INT(service_requests(service), 10);
    for (size_t i = 0; i < service_requests(service); i++)
        CHECK(strlen(service_body(service, i)) <= 65536);
    CHECK_INT(service_stored(service, json), 60);
    free(json);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void a_big_object_goes_alone(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.bytes", "64KiB", "linger", "60s");
    struct gathered gathered = { 0 };
    char *json = check_big_object(200000);
    size_t alone = 0;

    produce_many(producer, 0, 3);
    produce_one(producer, json);
    produce_many(producer, 3, 3);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    gather(&gathered, producer, 7);
    CHECK_INT(gathered_code(&gathered, DP_OK), 7);
    for (size_t i = 0; i < service_requests(service); i++)
        if (strlen(service_body(service, i)) > 200000)
            alone += service_count(service, i) == 1;
    CHECK_INT(alone, 1);
    CHECK_INT(service_stored(service, json), 1);
    CHECK_INT(service_stored(service, NULL), 7);
    free(json);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void by_time(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "linger", "500ms");
    struct gathered gathered = { 0 };
    double begun = check_now();

    produce_many(producer, 0, 3);
    gather(&gathered, producer, 3);
    CHECK(check_now() - begun >= 0.49);
    CHECK_INT(service_requests(service), 1);
    CHECK_INT(service_count(service, 0), 3);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void so_many_are_under_way(const char *inflight, size_t wanted)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "2",
                                     "inflight", inflight);
    struct gathered gathered = { 0 };
    dp_error *error = NULL;

    check_row(inflight);
    produce_many(producer, 0, 40);
    WAIT_FOR(service_requests(service) == wanted);
    /* Nothing has its outcome, and that is no loss. */
    CHECK_CODE(dp_producer_flush(producer, 50, &error), DP_E_WAIT);
    CHECK_CODE(dp_error_code(error), DP_E_WAIT);
    CHECK_INT(service_requests(service), wanted);
    CHECK_INT(produce_queued(producer), 40);
    service_open(&gate);
    gather(&gathered, producer, 40);
    CHECK_INT(service_together(service), wanted);
    CHECK_INT(service_stored(service, NULL), 40);
    check_row(NULL);
    dp_error_free(error);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* Claims that the objects of a request are all of the target in its path. */
static struct service_answer by_target(const struct service_request *request,
                                       void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };
    int incident = strstr(request->head, "/" INCIDENT "/") != NULL;

    (void)context;
    CHECK(incident || strstr(request->head, "/" ALERT "/") != NULL);
    for (size_t i = 0; i < request->count; i++)
        CHECK_TEXT(request->objects[i], incident ? "{\"t\":\"incident\"}"
                                                 : "{\"t\":\"alert\"}");
    return answer;
}

static void targets_do_not_mix(void)
{
    struct service *service = service_start(by_target, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "7");
    struct gathered gathered = { 0 };

    for (int i = 0; i < 50; i++) {
        static const char incident[] = "{\"t\":\"incident\"}";
        produce_one(producer, "{\"t\":\"alert\"}");
        CHECK_CODE(dp_producer_send(producer, INCIDENT, incident,
                                    strlen(incident), NULL, 0, NULL, NULL),
                   DP_OK);
    }
    gather(&gathered, producer, 100);
    CHECK_INT(gathered_code(&gathered, DP_OK), 100);
    CHECK_INT(service_stored(service, "{\"t\":\"incident\"}"), 50);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* The body is the one that a request with the same envelope has. */
static void the_envelope_is_that_of_the_settings(void)
{
    static const char *const envelope[][2] = {
        { "format_version", "3" }, { "name", "edge \"ids\"" },
        { "type", "alert" }, { "trigger_flag", "true" },
    };
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "envelope.format_version", "3", "envelope.name", "edge \"ids\"",
        "envelope.type", "alert", "envelope.trigger_flag", "true",
        "linger", "60s");
    dp_request *request = check_request(2);
    char *body;

    for (size_t i = 0; i < sizeof envelope / sizeof envelope[0]; i++)
        CHECK_CODE(dp_request_set(request, envelope[i][0], envelope[i][1],
                                  NULL), DP_OK);
    body = dp_request_body(request, NULL, NULL, NULL);
    produce_many(producer, 0, 2);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    REQUIRE(service_requests(service) == 1);
    CHECK_TEXT(service_body(service, 0), body);
    dp_free(body);
    dp_request_free(request);
    dp_producer_free(producer);
    service_stop(service);
}

int main(void)
{
    by_count();
    by_bytes();
    a_big_object_goes_alone();
    by_time();
    so_many_are_under_way("1", 1);
    so_many_are_under_way("4", 4);
    targets_do_not_mix();
    the_envelope_is_that_of_the_settings();
    return check_result();
}
