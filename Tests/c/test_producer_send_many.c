/* SPDX-License-Identifier: Apache-2.0
 *
 * One text of many objects, an array or a sequence, is taken object by object
 * until one cannot be; the caller learns how many were, and where the fault
 * is.
 */
#include "produce.h"
#include "samples.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static dp_code send_many(dp_producer *producer, const char *text,
                         int32_t timeout_ms, size_t *count, dp_error **error)
{
    *count = (size_t)-1;
    return dp_producer_send_many(producer, ALERT, text, strlen(text), NULL,
                                 timeout_ms, NULL, count, error);
}

/* Texts, how many of their objects are taken, and at which byte the fault
 * is; -1: there is none. */
static const struct row {
    const char *text;
    size_t count;
    long offset;
} rows[] = {
    { "", 0, -1 },
    { " \t\r\n", 0, -1 },
    { "[]", 0, -1 },
    { " [ ] \n", 0, -1 },
    { "{}", 1, -1 },
    { "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n", 3, -1 },
    { "\n\n{\"a\":1}\r\n\r\n{\"b\":2}", 2, -1 },
    { "{\"a\":1}{\"b\":2} {\"c\":3}", 3, -1 },
    { "{\"a\":[{\"b\":\"}{\"}]}\n{}", 2, -1 },
    { "[{\"a\":1},{\"b\":2}]", 2, -1 },
    { " [ {\"a\":1} , {\"b\":[1,2]} ] \n", 2, -1 },
    /* The objects before the fault are taken. */
    { "{\"a\":1}\n{\"b\":2}\n{\"c\":x}\n{\"d\":4}", 2, 21 },
    { "{\"a\":1},{\"b\":2}", 1, 7 },
    { "{\"a\":1}\n7\n", 1, 8 },
    { "{\"a\":1}\n[{\"b\":2}]\n", 1, 8 },
    { "{\"a\":1}\n{\"b\":", 1, 13 },
    { "x", 0, 0 },
    { "\"text\"", 0, 0 },
    { "[{\"a\":1},{\"b\":2},3,{\"d\":4}]", 2, 17 },
    { "[{\"a\":1},]", 1, 9 },
    { "[,{\"a\":1}]", 0, 1 },
    { "[{\"a\":1} {\"b\":2}]", 1, 9 },
    { "[{\"a\":1}", 1, 8 },
    { "[{\"a\":1},", 1, 9 },
    { "[", 0, 1 },
    { "[{\"a\":1}] x", 1, 10 },
    { "[{\"a\":1}]{\"b\":2}", 1, 9 },
    { "[[{\"a\":1}]]", 0, 1 },
};

static void a_text_is_taken_until_its_fault(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service));
    struct gathered gathered = { 0 };
    size_t taken = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_error *error = NULL;
        size_t count;
        check_row(rows[i].text);
        CHECK_CODE(send_many(producer, rows[i].text, 0, &count, &error),
                   rows[i].offset < 0 ? DP_OK : DP_E_JSON);
        CHECK_INT(count, rows[i].count);
        if (rows[i].offset >= 0)
            CHECK_INT(atol(check_field(error, "offset")), rows[i].offset);
        taken += rows[i].count;
        dp_error_free(error);
    }
    check_row(NULL);
    gather(&gathered, producer, taken);
    CHECK_INT(gathered_code(&gathered, DP_OK), taken);
    CHECK_INT(service_stored(service, NULL), taken);
    CHECK_INT(service_stored(service, "{\"c\":3}"), 2);
    CHECK_INT(service_stored(service, "{\"d\":4}"), 0);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

/* White space around an object separates it from the others. */
static const char *trimmed(char *line)
{
    size_t length;

    line += strspn(line, " \t\r");
    length = strlen(line);
    while (length > 0 && strchr(" \t\r", line[length - 1]))
        line[--length] = '\0';
    return line;
}

/* Each object of a file arrives as it stands, and the tickets follow the order
 * of the lines, however the file is given. */
static void files_are_sent(const char *name, int as_array)
{
    static char *lines[SAMPLE_LINES_MAX];
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    char *text = NULL;
    size_t count = samples_read(name, &text, lines);
    size_t length = strlen(lines[count - 1]) + 1
                    + (size_t)(lines[count - 1] - lines[0]);
    char *whole = (char *)malloc(length + 2);
    size_t taken = 0;
    uint64_t first = 0;

    check_row(name);
    check_fault(NULL);
    REQUIRE(whole != NULL);
    whole[0] = as_array ? '[' : '\n';
    memcpy(whole + 1, lines[0], length);
    for (size_t i = 0; i < count; i++)
        whole[strlen(lines[i]) + 1 + (size_t)(lines[i] - lines[0])] =
            as_array ? ',' : '\n';
    whole[length] = as_array ? ']' : '\n';
    CHECK_CODE(dp_producer_send_many(producer, ALERT, whole, length + 1, lines,
                                     0, &first, &taken, NULL), DP_OK);
    CHECK_INT(taken, count);
    CHECK_INT(first, 1);
    gather(&gathered, producer, count);
    for (size_t i = 0; i < count; i++) {
        const dp_report *report = gathered_ticket(&gathered, first + i);
        REQUIRE(report && report->id);
        CHECK(report->opaque == lines);
        samples_stored(ALERT, report->id, trimmed(lines[i]));
    }
    CHECK_INT(check_stat("objects"), count);
    check_row(NULL);
    gathered_free(&gathered);
    dp_producer_free(producer);
    free(whole);
    free(text);
}

static void a_full_queue_ends_it(void)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "queue.objects", "5", "batch.objects", "2", "inflight", "1");
    struct gathered gathered = { 0 };
    static const char text[] = "{}{}{}{}{}{}{}{}";
    dp_error *error = NULL;
    size_t count;

    CHECK_CODE(send_many(producer, text, 0, &count, &error), DP_E_QUEUE_FULL);
    CHECK_INT(count, 5);
    CHECK_CODE(dp_error_code(error), DP_E_QUEUE_FULL);
    dp_error_free(error);
    CHECK_CODE(send_many(producer, text, 0, &count, NULL), DP_E_QUEUE_FULL);
    CHECK_INT(count, 0);
    /* With time to wait, all of a longer text finds room. */
    service_open(&gate);
    CHECK_CODE(send_many(producer, text, 60000, &count, &error), DP_OK);
    CHECK_INT(count, 8);
    gather(&gathered, producer, 13);
    CHECK_INT(service_stored(service, "{}"), 13);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void an_object_that_is_too_large_ends_it(void)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    char *json = check_big_object(12000001);
    size_t length = strlen(json) + 8;
    char *text = (char *)malloc(length + 1);
    size_t count = 0;

    check_fault(NULL);
    REQUIRE(text != NULL);
    snprintf(text, length + 1, "{}\n%s\n{}\n", json);
    CHECK_CODE(dp_producer_send_many(producer, ALERT, text, strlen(text),
                                     NULL, 0, NULL, &count, NULL),
               DP_E_TOO_LARGE);
    CHECK_INT(count, 1);
    gather(&gathered, producer, 1);
    CHECK_INT(check_stat("objects"), 1);
    gathered_free(&gathered);
    dp_producer_free(producer);
    free(text);
    free(json);
}

int main(void)
{
    a_text_is_taken_until_its_fault();
    files_are_sent("alerts.ndjson", 0);
    files_are_sent("incidents.ndjson", 1);
    files_are_sent("edge-cases.ndjson", 1);
    a_full_queue_ends_it();
    an_object_that_is_too_large_ends_it();
    return check_result();
}
