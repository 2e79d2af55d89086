/* SPDX-License-Identifier: Apache-2.0
 *
 * Every sample line that a producer takes comes back as exactly one report
 * with its ticket, its opaque and an id of its own, and the emulator holds the
 * same bytes under that id.
 */
#include "produce.h"
#include "samples.h"

#include <stdlib.h>
#include <string.h>

#define INCIDENT "2d7f0c1e-93b4-4a6d-8f15-7c0e6a9b3d14"

static char *lines[SAMPLE_LINES_MAX];
static uint64_t tickets[SAMPLE_LINES_MAX];

static int by_text(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void ids_are_unique(const struct gathered *gathered)
{
    const char **ids =
        (const char **)calloc(gathered->count + 1, sizeof *ids);

    REQUIRE(ids != NULL);
    for (size_t i = 0; i < gathered->count; i++) {
        ids[i] = gathered->reports[i]->id;
        REQUIRE(ids[i] != NULL);
    }
    qsort(ids, gathered->count, sizeof *ids, by_text);
    for (size_t i = 1; i < gathered->count; i++)
        CHECK(strcmp(ids[i - 1], ids[i]) != 0);
    free(ids);
}

/* What the report of an object that was stored at the first try says. */
static void is_plain_success(const dp_report *report)
{
    CHECK_INT(report->size, sizeof *report);
    CHECK_CODE(report->code, DP_OK);
    CHECK_INT(report->stored, DP_STORED_YES);
    CHECK_INT(report->flags, 0);
    CHECK(report->event_id != NULL && report->request_id != NULL);
    CHECK(report->message == NULL && report->server_code == NULL);
    CHECK(report->payload == NULL);
    CHECK_INT(report->payload_len, 0);
    CHECK_INT(report->http_status, 200);
    CHECK_INT(report->attempts, 1);
    CHECK(report->queued_us > 0 && report->queued_us <= report->finished_us);
}

static void round_trip(const char *name, const char *target, size_t wanted)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    dp_error *error = NULL;
    char *text = NULL;
    size_t count = samples_read(name, &text, lines);

    check_row(name);
    check_fault(NULL);
    CHECK_INT(count, wanted);
    for (size_t i = 0; i < count; i++) {
        CHECK_CODE(dp_producer_send(producer, target, lines[i],
                                    strlen(lines[i]), &lines[i], 0,
                                    &tickets[i], &error), DP_OK);
        CHECK_TEXT(dp_error_message(error), "");
        CHECK_INT(tickets[i], i + 1);
    }
    gather(&gathered, producer, count);
    for (size_t i = 0; i < count; i++) {
        const dp_report *report = gathered_ticket(&gathered, tickets[i]);
        REQUIRE(report != NULL);
        CHECK(report->opaque == &lines[i]);
        is_plain_success(report);
        samples_stored(target, report->id, lines[i]);
    }
    ids_are_unique(&gathered);
    CHECK_INT(check_stat("objects"), count);
    CHECK_INT(produce_queued(producer), 0);
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    check_row(NULL);
    gathered_free(&gathered);
    dp_producer_free(producer);
    free(text);
}

/* What was passed in may be reused at once. */
static void the_bytes_are_copied(void)
{
    dp_producer *producer = PRODUCER("linger", "60s");
    struct gathered gathered = { 0 };
    char target[] = ALERT;
    char json[] = "{\"n\":1}";

    check_fault(NULL);
    CHECK_CODE(dp_producer_send(producer, target, json, strlen(json), NULL, 0,
                                NULL, NULL), DP_OK);
    memset(json, 'x', strlen(json));
    memset(target, 'x', strlen(target));
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    gather(&gathered, producer, 1);
    REQUIRE(gathered.count == 1);
    CHECK_CODE(gathered.reports[0]->code, DP_OK);
    samples_stored(ALERT, gathered.reports[0]->id, "{\"n\":1}");
    gathered_free(&gathered);
    dp_producer_free(producer);
}

int main(void)
{
    round_trip("alerts.ndjson", ALERT, 200);
    round_trip("incidents.ndjson", INCIDENT, 60);
    round_trip("indicators.ndjson", ALERT, 200);
    round_trip("edge-cases.ndjson", ALERT, 12);
    the_bytes_are_copied();
    return check_result();
}
