/* SPDX-License-Identifier: Apache-2.0
 *
 * The statistics are JSON, and what was taken is always the sum of what is
 * stored, failed and queued; what close hands back has failed.
 */
#define _POSIX_C_SOURCE 200809L /* strtok_r */
#include "produce.h"
#include "service.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* The statistics, to be given back. */
static json_t *stats_of(dp_producer *producer)
{
    char *text = dp_producer_stats(producer, "json");
    json_error_t fault;
    json_t *stats;

    REQUIRE(text != NULL);
    stats = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
    if (!stats)
        CHECK_TEXT(fault.text, "");
    REQUIRE(json_is_object(stats));
    dp_free(text);
    return stats;
}

/* A counter or a level; every one of them is a number. */
static long long counter(const json_t *stats, const char *name)
{
    const json_t *value = json_object_get(stats, name);

    check_row(name);
    CHECK(json_is_integer(value) && json_integer_value(value) >= 0);
    check_row(NULL);
    return json_integer_value(value);
}

/* A sample of the Prometheus text, of which every line is well-formed. */
static long long sample(dp_producer *producer, const char *name)
{
    char *text = dp_producer_stats(producer, "prometheus");
    long long value = -1;
    char *rest = NULL;

    REQUIRE(text && *text && text[strlen(text) - 1] == '\n');
    for (char *line = strtok_r(text, "\n", &rest); line;
         line = strtok_r(NULL, "\n", &rest)) {
        size_t length = strcspn(line, " {");
        char *number = strrchr(line, ' ');
        char *end = NULL;

        check_row(line);
        if (line[0] == '#') {
            CHECK(strncmp(line, "# HELP datapanel_", 17) == 0
                  || strncmp(line, "# TYPE datapanel_", 17) == 0);
            continue;
        }
        CHECK(strncmp(line, "datapanel_", 10) == 0);
        REQUIRE(number != NULL);
        if (length == strlen(name) && strncmp(line, name, length) == 0)
            value = strtoll(number, NULL, 10);
        CHECK(strtod(number, &end) >= 0 && *end == '\0');
    }
    check_row(NULL);
    dp_free(text);
    return value;
}

static void adds_up(const json_t *stats)
{
    CHECK_INT(counter(stats, "objects_taken"),
              counter(stats, "objects_stored")
              + counter(stats, "objects_failed")
              + counter(stats, "queue_objects"));
    CHECK(counter(stats, "retries")
          <= counter(stats, "attempts"));
}

static void a_new_producer_has_done_nothing(void)
{
    dp_producer *producer = produce_with(NULL);
    json_t *stats = stats_of(producer);

    adds_up(stats);
    CHECK_INT(counter(stats, "objects_taken"), 0);
    CHECK_INT(counter(stats, "attempts"), 0);
    CHECK(json_is_array(json_object_get(stats, "targets")));
    CHECK_INT(json_array_size(json_object_get(stats, "targets")), 0);
    json_decref(stats);
    dp_producer_free(producer);
}

/* Throttles the first request and refuses what has a bad object in it. */
static struct service_answer moody(const struct service_request *request,
                                   void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)context;
    if (request->number == 0)
        answer.status = 429;
    else if (strstr(request->body, "\"bad\""))
        answer.status = 400;
    return answer;
}

static void everything_is_counted(void)
{
    struct service *service = service_start(moody, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "batch.objects", "4", "inflight", "1", "linger", "60s",
        "queue.objects", "9");
    struct gathered gathered = { 0 };
    json_t *stats;

    produce_many(producer, 0, 3);
    produce_one(producer, "{\"bad\":0}");
    produce_many(producer, 3, 5);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL, NULL),
               DP_E_QUEUE_FULL);
    gather(&gathered, producer, 8);
    stats = stats_of(producer);
    adds_up(stats);
    CHECK_INT(counter(stats, "objects_taken"), 9);
    CHECK_INT(counter(stats, "objects_refused"), 1);
    CHECK_INT(counter(stats, "objects_stored"), 7);
    CHECK_INT(counter(stats, "objects_failed"), 1);
    CHECK_INT(counter(stats, "queue_objects"), 1);
    CHECK_INT(counter(stats, "queue_bytes"), strlen("{\"n\":7}"));
    CHECK_INT(counter(stats, "attempts"),
              service_requests(service));
    CHECK_INT(counter(stats, "retries"), 1);
    CHECK_INT(counter(stats, "splits"), 2);
    CHECK_INT(counter(stats, "in_flight"), 0);
    CHECK_INT(counter(stats, "reports_waiting"), 0);
    CHECK_INT(counter(stats, "reports_dropped"), 0);
    CHECK_INT(sample(producer, "datapanel_objects_taken_total"), 9);
    CHECK_INT(sample(producer, "datapanel_objects_stored_total"), 7);
    CHECK_INT(sample(producer, "datapanel_queue_objects"), 1);
    CHECK_INT(sample(producer, "datapanel_batch_objects_count"),
              service_requests(service));
    CHECK_INT(json_integer_value(json_object_get(
                  json_object_get(stats, "batch_objects"), "count")),
              service_requests(service));
    CHECK_INT(json_array_size(json_object_get(stats, "targets")), 1);
    CHECK_TEXT(json_string_value(json_object_get(
                   json_array_get(json_object_get(stats, "targets"), 0),
                   "target")), ALERT);
    json_decref(stats);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* A caller who waits and gets room was not refused. */
static void waiting_is_no_refusal(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "queue.objects", "2", "batch.objects", "2");
    json_t *stats;

    for (int i = 0; i < 50; i++)
        CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 60000,
                                    NULL, NULL), DP_OK);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    stats = stats_of(producer);
    adds_up(stats);
    CHECK_INT(counter(stats, "objects_stored"), 50);
    CHECK_INT(counter(stats, "objects_refused"), 0);
    CHECK_INT(counter(stats, "reports_waiting"), 50);
    json_decref(stats);
    dp_producer_free(producer);
    service_stop(service);
}

/* The state of a target says why it holds, without a secret. */
static void a_blocked_target_says_why(void)
{
    dp_producer *producer = PRODUCER("auth.token", "a-stale-secret");
    const json_t *reason = NULL;
    json_t *stats = NULL;
    double until = check_now() + PATIENCE;
    char *text;

    check_fault(NULL);
    produce_many(producer, 0, 3);
    while (!json_is_string(reason) && check_now() < until) {
        json_decref(stats);
        stats = stats_of(producer);
        reason = json_object_get(
            json_array_get(json_object_get(stats, "targets"), 0),
            "blocked_by");
        produce_breathe();
    }
    CHECK_HAS(json_string_value(reason), "401");
    adds_up(stats);
    CHECK_INT(counter(stats, "queue_objects"), 3);
    json_decref(stats);
    text = dp_producer_stats(producer, NULL);
    CHECK(text && !strstr(text, "a-stale-secret"));
    dp_free(text);
    dp_producer_free(producer);
}

/* What close hands back counts as failed. */
static void it_adds_up_after_the_end(void)
{
    dp_producer *producer = PRODUCER("auth.token", "stale");
    json_t *stats;

    produce_many(producer, 0, 3);
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_E_CANCELLED);
    stats = stats_of(producer);
    adds_up(stats);
    CHECK_INT(counter(stats, "queue_objects"), 0);
    CHECK_INT(counter(stats, "in_flight"), 0);
    json_decref(stats);
    dp_producer_free(producer);
}

static void there_are_two_formats(void)
{
    dp_producer *producer = produce_with(NULL);
    char *standard = dp_producer_stats(producer, NULL);
    char *json = dp_producer_stats(producer, "json");

    CHECK_TEXT(standard, json);
    CHECK(dp_producer_stats(producer, "xml") == NULL);
    CHECK(dp_producer_stats(producer, "") == NULL);
    dp_free(standard);
    dp_free(json);
    dp_producer_free(producer);
}

int main(void)
{
    there_are_two_formats();
    a_new_producer_has_done_nothing();
    everything_is_counted();
    waiting_is_no_refusal();
    a_blocked_target_says_why();
    it_adds_up_after_the_end();
    return check_result();
}
