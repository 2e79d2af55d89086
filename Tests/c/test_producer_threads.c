/* SPDX-License-Identifier: Apache-2.0
 *
 * Eight threads send to one producer, two collect, and one asks and changes
 * things in between: each object gets one report, with its own opaque, and is
 * stored once.
 */
#include "produce.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define SENDERS 8
#define COLLECTORS 2
#define OBJECTS 500 /* of each sender */

struct object {
    uint64_t ticket;
    atomic_uint reports;
};

static dp_producer *producer;
static struct object objects[SENDERS][OBJECTS];
static atomic_size_t reported;
static atomic_int done;

static void *sending(void *context)
{
    struct object *mine = (struct object *)context;
    uint64_t last = 0;
    char json[64];

    for (int i = 0; i < OBJECTS; i++) {
        /* Small enough a queue, so that room is waited for, too. */
        int length = snprintf(json, sizeof json, "{\"n\":%d}", i);
        CHECK_CODE(dp_producer_send(producer, ALERT, json, (size_t)length,
                                    &mine[i], 60000, &mine[i].ticket, NULL),
                   DP_OK);
        CHECK(mine[i].ticket > last);
        last = mine[i].ticket;
    }
    return NULL;
}

static void *collecting(void *context)
{
    double until = check_now() + 4 * PATIENCE;

    (void)context;
    while (reported < SENDERS * OBJECTS && check_now() < until) {
        dp_reports *reports = NULL;

        CHECK_CODE(dp_producer_poll(producer, 100, 64, &reports), DP_OK);
        CHECK(dp_reports_count(reports) <= 64);
        for (size_t i = 0; i < dp_reports_count(reports); i++) {
            const dp_report *report = dp_reports_at(reports, i);
            struct object *object = (struct object *)report->opaque;
            CHECK_CODE(report->code, DP_OK);
            object->reports++;
            reported++;
        }
        dp_reports_free(reports);
    }
    return NULL;
}

static void *meddling(void *context)
{
    (void)context;
    while (!done) {
        char *stats = dp_producer_stats(producer, NULL);
        CHECK(stats != NULL);
        dp_free(stats);
        CHECK(produce_queued(producer) <= 1000);
        CHECK_CODE(dp_producer_set(producer, "auth.token", TOKEN, NULL),
                   DP_OK);
        CHECK(dp_producer_flush(producer, 1, NULL) != DP_E_CLOSED);
        produce_breathe();
    }
    return NULL;
}

int main(void)
{
    pthread_t senders[SENDERS];
    pthread_t collectors[COLLECTORS];
    pthread_t meddler;
    static char seen[SENDERS * OBJECTS + 1];

    check_fault(NULL);
    producer = PRODUCER("queue.objects", "1000", "batch.objects", "50");
    for (int i = 0; i < SENDERS; i++)
        REQUIRE(pthread_create(&senders[i], NULL, sending, objects[i]) == 0);
    for (int i = 0; i < COLLECTORS; i++)
        REQUIRE(pthread_create(&collectors[i], NULL, collecting, NULL) == 0);
    REQUIRE(pthread_create(&meddler, NULL, meddling, NULL) == 0);
    for (int i = 0; i < SENDERS; i++)
        REQUIRE(pthread_join(senders[i], NULL) == 0);
    for (int i = 0; i < COLLECTORS; i++)
        REQUIRE(pthread_join(collectors[i], NULL) == 0);
    done = 1;
    REQUIRE(pthread_join(meddler, NULL) == 0);

    CHECK_INT(reported, SENDERS * OBJECTS);
    CHECK_INT(check_stat("objects"), SENDERS * OBJECTS);
    CHECK_INT(produce_queued(producer), 0);
    for (int i = 0; i < SENDERS; i++)
        for (int j = 0; j < OBJECTS; j++) {
            uint64_t ticket = objects[i][j].ticket;
            CHECK_INT(objects[i][j].reports, 1);
            REQUIRE(ticket >= 1 && ticket <= SENDERS * OBJECTS);
            CHECK(!seen[ticket]);
            seen[ticket] = 1;
        }
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    dp_producer_free(producer);
    return check_result();
}
