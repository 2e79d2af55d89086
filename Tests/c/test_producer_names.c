/* SPDX-License-Identifier: Apache-2.0
 *
 * A producer takes objects for a name at once, and keeps them until the name
 * has an id. It can be closed and freed while a name is looked up.
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "produce.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 5
#define LISTS "\"path\":\"dataclasses\""

static void take(dp_producer *producer, const char *target, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        dp_error *error = NULL;
        CHECK_CODE(dp_producer_send(producer, target, "{}", 2, NULL, 0, NULL,
                                    &error), DP_OK);
        CHECK_TEXT(dp_error_message(error), "");
        dp_error_free(error);
    }
}

/* Whether the statistics have these words. */
static int tells(dp_producer *producer, const char *words)
{
    char *stats = dp_producer_stats(producer, "json");
    int found = stats && strstr(stats, words) != NULL;

    dp_free(stats);
    return found;
}

static void objects_of_names_are_stored(void)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };

    check_fault(NULL);
    take(producer, "name:Alert", 3);
    take(producer, "name:Incident", 2);
    take(producer, ALERT, 1);
    gather(&gathered, producer, 6);
    CHECK_INT(gathered_code(&gathered, DP_OK), 6);
    CHECK_INT(check_stat("objects"), 6);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void many_objects_of_a_name_are_stored(void)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    size_t count = 0;

    check_fault(NULL);
    CHECK_CODE(dp_producer_send_many(producer, "name:Alert", "{} {} {}", 8,
                                     NULL, 0, NULL, &count, NULL), DP_OK);
    CHECK_INT(count, 3);
    gather(&gathered, producer, 3);
    CHECK_INT(gathered_code(&gathered, DP_OK), 3);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void names_that_are_none_are_refused(void)
{
    static const char *const names[] = { "name:", "name:a\nb", "name:\xff" };
    dp_producer *producer = produce_with(NULL);

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        dp_error *error = NULL;
        check_row(names[i]);
        CHECK_CODE(dp_producer_send(producer, names[i], "{}", 2, NULL, 0, NULL,
                                    &error), DP_E_ARGUMENT);
        CHECK_TEXT(check_field(error, "key"), "target");
        dp_error_free(error);
        CHECK_CODE(dp_producer_pause(producer, names[i], 1), DP_E_ARGUMENT);
        CHECK_CODE(dp_producer_purge(producer, names[i], NULL), DP_E_ARGUMENT);
    }
    check_row(NULL);
    CHECK_INT(produce_queued(producer), 0);
    dp_producer_free(producer);
}

static void a_wrong_name_keeps_its_objects(void)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    size_t count = 0;

    check_fault(NULL);
    take(producer, "name:Allert", 5);
    WAIT_FOR(tells(producer, "the nearest: \\\"Alert\\\""));
    CHECK_CODE(dp_producer_flush(producer, 0, NULL), DP_E_WAIT);
    CHECK_INT(produce_queued(producer), 5);
    CHECK_CODE(dp_producer_purge(producer, "name:Allert", &count), DP_OK);
    CHECK_INT(count, 5);
    gather(&gathered, producer, 5);
    CHECK_INT(gathered_code(&gathered, DP_E_CANCELLED), 5);
    CHECK_INT(check_stat("objects"), 0);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void a_paused_name_is_not_looked_up(void)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };

    check_fault(NULL);
    CHECK_CODE(dp_producer_pause(producer, "name:Alert", 1), DP_OK);
    take(producer, "name:Alert", 2);
    take(producer, ALERT, 1);
    gather(&gathered, producer, 1);
    CHECK_INT(check_stat("requests"), 1);
    CHECK_CODE(dp_producer_pause(producer, "name:Alert", 0), DP_OK);
    gather(&gathered, producer, 3);
    CHECK_INT(gathered_code(&gathered, DP_OK), 3);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void closing_hands_back_what_waits_for_a_name(void)
{
    dp_producer *producer = PRODUCER("request.timeout", "60s");
    dp_reports *left = NULL;

    check_fault("{\"stall\":true,\"times\":0," LISTS "}");
    take(producer, "name:Alert", 4);
    WAIT_FOR(check_stat("requests") == 1);
    CHECK_CODE(dp_producer_close(producer, 0, &left, NULL), DP_E_CANCELLED);
    REQUIRE(dp_reports_count(left) == 4);
    for (size_t i = 0; i < 4; i++) {
        CHECK_CODE(dp_reports_at(left, i)->code, DP_E_CANCELLED);
        CHECK_INT(dp_reports_at(left, i)->stored, DP_STORED_NO);
        CHECK_INT(dp_reports_at(left, i)->payload_len, 2);
    }
    dp_reports_free(left);
    dp_producer_free(producer);
}

static int by_size(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;

    return difference < 0 ? -1 : difference > 0;
}

/* As in test_producer_free: most of the times, for a machine may be busy. */
static void are_quick(double took[ROUNDS])
{
    const char *preload = getenv("LD_PRELOAD");
    double bound = preload && strstr(preload, "vgpreload") ? 5 : 0.25;

    qsort(took, ROUNDS, sizeof *took, by_size);
    CHECK(took[ROUNDS / 2] <= bound);
    CHECK(took[ROUNDS - 1] <= 4 * bound);
}

static void it_is_freed_while_a_name_is_looked_up(void)
{
    double took[ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        dp_producer *producer = PRODUCER("request.timeout", "60s");
        double begun;

        check_fault("{\"stall\":true,\"times\":0," LISTS "}");
        take(producer, "name:Alert", 4);
        take(producer, "name:Incident", 4);
        WAIT_FOR(check_stat("requests") == 2);
        begun = check_now();
        dp_producer_free(producer);
        took[round] = check_now() - begun;
    }
    are_quick(took);
    check_fault(NULL);
}

/* Nothing of it waits for the network: the look-up has no answer. */
static void taking_does_not_wait_for_a_name(void)
{
    dp_producer *producer = PRODUCER("request.timeout", "60s",
                                     "queue.objects", "1000");

    check_fault("{\"stall\":true,\"times\":0," LISTS "}");
    take(producer, "name:Alert", 1000);
    CHECK_CODE(dp_producer_send(producer, "name:Alert", "{}", 2, NULL, 0, NULL,
                                NULL), DP_E_QUEUE_FULL);
    CHECK_INT(produce_queued(producer), 1000);
    dp_producer_free(producer);
    check_fault(NULL);
}

static void project_and_workspace_may_be_named(void)
{
    dp_config *config = check_config();
    char *url = strdup(dp_config_get(config, "endpoint"));
    struct gathered gathered = { 0 };
    dp_producer *producer;

    REQUIRE(url != NULL);
    check_fault(NULL);
    producer = PRODUCER("iam.endpoint", url,
                        "project.id", "name:ap-southeast-3",
                        "workspace.id", "name:demo");
    take(producer, "name:Alert", 2);
    take(producer, ALERT, 2);
    gather(&gathered, producer, 4);
    CHECK_INT(gathered_code(&gathered, DP_OK), 4);
    CHECK_INT(check_stat("objects"), 4);
    gathered_free(&gathered);
    dp_producer_free(producer);
    dp_config_free(config);
    free(url);
}

int main(void)
{
    objects_of_names_are_stored();
    many_objects_of_a_name_are_stored();
    names_that_are_none_are_refused();
    a_wrong_name_keeps_its_objects();
    a_paused_name_is_not_looked_up();
    closing_hands_back_what_waits_for_a_name();
    it_is_freed_while_a_name_is_looked_up();
    taking_does_not_wait_for_a_name();
    project_and_workspace_may_be_named();
    return check_result();
}
