/* SPDX-License-Identifier: Apache-2.0
 *
 * The statistics are JSON, and what was taken is always the sum of what is
 * stored, failed and queued; what close hands back has failed.
 */
#include "produce.h"
#include "service.h"

#include <jansson.h>
#include <string.h>

/* The statistics, to be given back. */
static json_t *stats_of(dp_producer *producer)
{
    char *text = dp_producer_stats(producer);
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

/* A counter of a group; every one of them is a number. */
static long long counter(const json_t *stats, const char *group,
                         const char *name)
{
    const json_t *value = json_object_get(json_object_get(stats, group), name);

    check_row(name);
    CHECK(json_is_integer(value) && json_integer_value(value) >= 0);
    check_row(NULL);
    return json_integer_value(value);
}

static void adds_up(const json_t *stats)
{
    CHECK_INT(counter(stats, "objects", "taken"),
              counter(stats, "objects", "stored")
              + counter(stats, "objects", "failed")
              + counter(stats, "objects", "queued"));
    CHECK(counter(stats, "requests", "retries")
          <= counter(stats, "requests", "attempts"));
}

static void a_new_producer_has_done_nothing(void)
{
    dp_producer *producer = produce_with(NULL);
    json_t *stats = stats_of(producer);

    adds_up(stats);
    CHECK_INT(counter(stats, "objects", "taken"), 0);
    CHECK_INT(counter(stats, "requests", "attempts"), 0);
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
    CHECK_INT(counter(stats, "objects", "taken"), 9);
    CHECK_INT(counter(stats, "objects", "refused"), 1);
    CHECK_INT(counter(stats, "objects", "stored"), 7);
    CHECK_INT(counter(stats, "objects", "failed"), 1);
    CHECK_INT(counter(stats, "objects", "queued"), 1);
    CHECK_INT(counter(stats, "objects", "queued_bytes"), strlen("{\"n\":7}"));
    CHECK_INT(counter(stats, "requests", "attempts"),
              service_requests(service));
    CHECK_INT(counter(stats, "requests", "retries"), 1);
    CHECK_INT(counter(stats, "requests", "splits"), 2);
    CHECK_INT(counter(stats, "requests", "in_flight"), 0);
    CHECK_INT(counter(stats, "reports", "waiting"), 0);
    CHECK_INT(counter(stats, "reports", "dropped"), 0);
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
    CHECK_INT(counter(stats, "objects", "stored"), 50);
    CHECK_INT(counter(stats, "objects", "refused"), 0);
    CHECK_INT(counter(stats, "reports", "waiting"), 50);
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
    CHECK_INT(counter(stats, "objects", "queued"), 3);
    json_decref(stats);
    text = dp_producer_stats(producer);
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
    CHECK_INT(counter(stats, "objects", "queued"), 0);
    CHECK_INT(counter(stats, "requests", "in_flight"), 0);
    json_decref(stats);
    dp_producer_free(producer);
}

int main(void)
{
    a_new_producer_has_done_nothing();
    everything_is_counted();
    waiting_is_no_refusal();
    a_blocked_target_says_why();
    it_adds_up_after_the_end();
    return check_result();
}
