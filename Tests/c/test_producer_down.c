/* SPDX-License-Identifier: Apache-2.0
 *
 * The service is down, objects keep coming, and nobody collects reports: what
 * finds no room is refused and counted, nothing that was taken is lost, and
 * memory stays below 1.25 times "queue.bytes" and 32 MiB.
 */
#include "produce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUEUE_BYTES (16L << 20)
#define SIZE 1100 /* bytes of an object */

/* Memory cannot be measured from within where valgrind keeps its own. */
static int is_watched(void)
{
    const char *preloaded = getenv("LD_PRELOAD");

    return preloaded && strstr(preloaded, "vgpreload");
}

static long objects_to_send(void)
{
    return is_watched() ? 20000 : 400000;
}

static void memory_is_bounded(void)
{
    long most = QUEUE_BYTES / 1024 * 5 / 4 + (32 << 10); /* KiB */
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long peak = -1;

    REQUIRE(status != NULL);
    while (fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &peak) == 1)
            break;
    fclose(status);
    CHECK(peak > 0);
    if (!is_watched() && !CHECK(peak <= most))
        fprintf(stderr, "    %ld KiB\n", peak);
}

/* An object that says which it is. */
static const char *object(char *json, long number)
{
    memset(json, 'x', SIZE);
    memcpy(json, "{\"a\":\"", 6);
    json[6 + snprintf(json + 6, 32, "%09ld", number)] = 'x';
    memcpy(json + SIZE - 2, "\"}", 2);
    return json;
}

static long statistic(dp_producer *producer, const char *name)
{
    char *stats = dp_producer_stats(producer, "json");
    char member[64];
    const char *place;
    long value = -1;

    REQUIRE(stats != NULL);
    snprintf(member, sizeof member, "\"%s\":", name);
    place = strstr(stats, member);
    if (place)
        value = strtol(place + strlen(member), NULL, 10);
    dp_free(stats);
    CHECK(value >= 0);
    return value;
}

/* Offers so many; `taken`, unless NULL, notes which were taken. */
static long offer(dp_producer *producer, long count, int32_t patience,
                  char *taken)
{
    char json[SIZE];
    long accepted = 0;

    for (long i = 0; i < count; i++) {
        dp_code code = dp_producer_send(producer, ALERT, object(json, i), SIZE,
                                        NULL, patience, NULL, NULL);
        if (code != DP_OK)
            CHECK_CODE(code, DP_E_QUEUE_FULL);
        accepted += code == DP_OK;
        if (taken)
            taken[i] = code == DP_OK;
    }
    return accepted;
}

/* Each object that was taken is handed back, once, and as it was. */
static void all_are_there(dp_reports *left, char *taken, long accepted)
{
    char json[SIZE];

    CHECK_INT(dp_reports_count(left), accepted);
    for (size_t i = 0; i < dp_reports_count(left); i++) {
        const dp_report *report = dp_reports_at(left, i);
        const char *payload = (const char *)report->payload;
        long number;

        REQUIRE(report->payload_len == SIZE);
        number = strtol(payload + 6, NULL, 10);
        CHECK(taken[number]);
        taken[number] = 0;
        CHECK(memcmp(payload, object(json, number), SIZE) == 0);
        CHECK_CODE(report->code, DP_E_CANCELLED);
        CHECK_INT(report->stored, DP_STORED_NO);
    }
}

static void what_was_taken_waits(const char *url)
{
    long count = objects_to_send();
    dp_producer *producer = PRODUCER("endpoint", url, "queue.bytes", "16MiB",
                                     "batch.bytes", "1MiB");
    char *taken = (char *)calloc((size_t)count, 1);
    dp_reports *left = NULL;
    long accepted;

    REQUIRE(taken != NULL);
    accepted = offer(producer, count, 0, taken);
    CHECK_INT(accepted, QUEUE_BYTES / SIZE);
    CHECK_INT(produce_queued(producer), accepted);
    CHECK_INT(statistic(producer, "objects_taken"), accepted);
    CHECK_INT(statistic(producer, "objects_refused"), count - accepted);
    CHECK_INT(statistic(producer, "reports_waiting"), 0);
    memory_is_bounded();
    CHECK_CODE(dp_producer_close(producer, 0, &left, NULL), DP_E_CANCELLED);
    all_are_there(left, taken, accepted);
    dp_reports_free(left);
    dp_producer_free(producer);
    free(taken);
}

/* The queue is emptied by time alone, again and again, into reports that
 * nobody collects: those that find no room are counted. */
static void what_expires_is_told_or_counted(const char *url)
{
    long count = objects_to_send() / 4;
    dp_producer *producer = PRODUCER("endpoint", url, "queue.bytes", "16MiB",
        "batch.bytes", "1MiB", "delivery.timeout", "100ms",
        "request.timeout", "100ms", "connect.timeout", "100ms");
    long accepted = offer(producer, count, 60000, NULL);

    CHECK_INT(accepted, count);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    CHECK_INT(statistic(producer, "objects_failed"), count);
    CHECK_INT(statistic(producer, "reports_waiting")
                  + statistic(producer, "reports_dropped"), count);
    memory_is_bounded();
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    dp_producer_free(producer);
}

/* So it is with what is stored. */
static void what_is_stored_is_told_or_counted(void)
{
    long count = objects_to_send() / 4;
    dp_producer *producer = PRODUCER("queue.bytes", "16MiB",
                                     "batch.bytes", "1MiB");

    check_fault(NULL);
    CHECK_INT(offer(producer, count, 60000, NULL), count);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    CHECK_INT(statistic(producer, "objects_stored"), count);
    CHECK_INT(statistic(producer, "reports_waiting")
                  + statistic(producer, "reports_dropped"), count);
    CHECK_INT(check_stat("objects"), count);
    memory_is_bounded();
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    dp_producer_free(producer);
}

int main(void)
{
    char url[64];
    int nobody = produce_refusing(url, sizeof url);

    what_was_taken_waits(url);
    what_is_stored_is_told_or_counted();
    what_expires_is_told_or_counted(url);
    close(nobody);
    return check_result();
}
