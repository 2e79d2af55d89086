/* SPDX-License-Identifier: Apache-2.0
 *
 * A producer can be freed at once whatever it is in the middle of: within
 * 250 ms, with its thread gone, and a line in the log that counts what is
 * lost.
 */
#define _POSIX_C_SOURCE 200809L
#include "produce.h"
#include "service.h"
#include "wire.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 5

static atomic_int lines;
static char last_line[1024];

/* On the producer's thread, which has ended when this is read. */
static void log_line(int32_t level, const char *area, const char *message,
                     void *context)
{
    (void)area;
    (void)context;
    if (level <= 4) {
        lines++;
        strncpy(last_line, message, sizeof last_line - 1);
    }
}

static int threads(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    REQUIRE(tasks != NULL);
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

static dp_producer *logged(const char *endpoint, const char *linger)
{
    dp_config *config = check_config();
    dp_producer *producer;

    CHECK_CODE(dp_config_set(config, "endpoint", endpoint, NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "linger", linger, NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "backoff.cap", "30s", NULL), DP_OK);
    CHECK_CODE(dp_config_set(config, "backoff.base", "30s", NULL), DP_OK);
    CHECK_CODE(dp_config_set_log(config, log_line, NULL), DP_OK);
    producer = dp_producer_new(config, NULL);
    REQUIRE(producer != NULL);
    dp_config_free(config);
    return producer;
}

/* Frees it. Returns how many seconds that took. */
static double free_it(dp_producer *producer, int running, const char *lost)
{
    double begun = check_now();
    double took;

    lines = 0;
    last_line[0] = '\0';
    dp_producer_free(producer);
    took = check_now() - begun;
    WAIT_FOR(threads() <= running);
    if (lost) {
        CHECK(lines >= 1);
        CHECK_HAS(last_line, lost);
    } else {
        CHECK_INT(lines, 0);
    }
    return took;
}

static int by_size(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;

    return difference < 0 ? -1 : difference > 0;
}

/* This machine may be busy with other things for a moment, and a memory
 * checker makes everything slower. */
static void are_quick(double took[ROUNDS])
{
    const char *preload = getenv("LD_PRELOAD");
    double bound = preload && strstr(preload, "vgpreload") ? 5 : 0.25;

    qsort(took, ROUNDS, sizeof *took, by_size);
    CHECK(took[ROUNDS / 2] <= bound);
    CHECK(took[ROUNDS - 1] <= 4 * bound);
}

static void while_it_has_nothing_to_do(void)
{
    double took[ROUNDS];

    check_row("idle");
    for (int i = 0; i < ROUNDS; i++) {
        int running = threads();
        took[i] = free_it(logged(getenv("DATAPANEL_ENDPOINT"), "10ms"),
                          running, NULL);
    }
    are_quick(took);
}

static void while_a_batch_fills(void)
{
    double took[ROUNDS];

    check_row("batch that fills");
    for (int i = 0; i < ROUNDS; i++) {
        int running = threads();
        dp_producer *producer = logged(getenv("DATAPANEL_ENDPOINT"), "60s");
        produce_many(producer, 0, 17);
        took[i] = free_it(producer, running, "17");
    }
    are_quick(took);
}

/* A server that does this with the first request, of `length` bytes. */
static void while_the_server(const char *name, struct wire_step step,
                             size_t length)
{
    double took[ROUNDS];
    char *json = check_big_object(length);

    check_row(name);
    for (int i = 0; i < ROUNDS; i++) {
        struct wire *wire = wire_start(&step, 1);
        int running = threads();
        dp_producer *producer = logged(wire_url(wire), "1ms");

        produce_one(producer, json);
        WAIT_FOR(wire_requests(wire) >= 1);
        took[i] = free_it(producer, running, "1");
        wire_stop(wire);
    }
    are_quick(took);
    free(json);
}

static void while_it_connects(void)
{
    double took[ROUNDS];

    check_row("black hole");
    for (int i = 0; i < ROUNDS; i++) {
        char url[64];
        struct black_hole hole = produce_black_hole(url, sizeof url);
        int running = threads();
        dp_producer *producer = logged(url, "1ms");

        produce_many(producer, 0, 3);
        /* Long enough to be at it; it cannot get any further. */
        CHECK_CODE(dp_producer_flush(producer, 100, NULL), DP_E_WAIT);
        took[i] = free_it(producer, running, "3");
        black_hole_close(&hole);
    }
    are_quick(took);
}

int main(void)
{
    static const struct wire_step silent = { NULL, WIRE_HANG, 0 };
    static const struct wire_step stalled = { NULL, WIRE_HANG, 1 };
    static const struct wire_step throttled = {
        "HTTP/1.1 429 Throttled\r\nContent-Length: 0\r\n\r\n", WIRE_KEEP, 0
    };
    static const struct wire_step held = {
        "HTTP/1.1 429 Throttled\r\nRetry-After: 250\r\nContent-Length: 0\r\n"
        "\r\n", WIRE_KEEP, 0
    };

    while_it_has_nothing_to_do();
    while_a_batch_fills();
    while_the_server("does not answer", silent, 8);
    while_the_server("does not take the body", stalled, 11000000);
    while_the_server("throttles", throttled, 8);
    while_the_server("asks to wait", held, 8);
    while_it_connects();
    check_row(NULL);
    return check_result();
}
