/* SPDX-License-Identifier: Apache-2.0
 *
 * The queue has room for so many objects and bytes. When it is full, an
 * object is refused at once, or waits for room for as long as the caller
 * says; reports that nobody collects take no room.
 */
#include "produce.h"
#include "service.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* A producer with room for ten objects, whose answers wait at a gate. */
struct full {
    struct service_gate gate;
    struct service *service;
    dp_producer *producer;
};

static void fill(struct full *full)
{
    static const struct service_gate shut = SERVICE_GATE;

    full->gate = shut;
    full->service = service_start(service_gated, &full->gate);
    full->producer = PRODUCER("endpoint", service_url(full->service),
        "queue.objects", "10", "batch.objects", "2", "inflight", "2");
    produce_many(full->producer, 0, 10);
}

static void empty(struct full *full, size_t count)
{
    struct gathered gathered = { 0 };

    service_open(&full->gate);
    gather(&gathered, full->producer, count);
    CHECK_INT(gathered_code(&gathered, DP_OK), count);
    CHECK_INT(produce_queued(full->producer), 0);
    CHECK_INT(service_stored(full->service, NULL), count);
    gathered_free(&gathered);
    dp_producer_free(full->producer);
    service_stop(full->service);
}

static dp_code send_more(dp_producer *producer, int32_t timeout_ms,
                         uint64_t *ticket, dp_error **error)
{
    return dp_producer_send(producer, ALERT, "{}", 2, NULL, timeout_ms, ticket,
                            error);
}

static void it_refuses_at_once(void)
{
    struct full full;
    dp_error *error = NULL;
    size_t objects = 0;
    size_t bytes = 0;
    double begun;

    fill(&full);
    begun = check_now();
    for (int i = 0; i < 1000; i++)
        CHECK_CODE(send_more(full.producer, 0, NULL, NULL), DP_E_QUEUE_FULL);
    /* Far from the shortest time that anything in there waits for. */
    CHECK(check_now() - begun < 10);
    CHECK_CODE(send_more(full.producer, 0, NULL, &error), DP_E_QUEUE_FULL);
    CHECK_HAS(dp_error_message(error), "queue.objects");
    dp_error_free(error);
    CHECK_CODE(dp_producer_queued(full.producer, &objects, &bytes), DP_OK);
    CHECK_INT(objects, 10);
    CHECK_INT(bytes, 10 * strlen("{\"n\":0}"));
    empty(&full, 10);
}

static void it_waits_as_long_as_it_may(void)
{
    struct full full;
    double begun;

    fill(&full);
    begun = check_now();
    CHECK_CODE(send_more(full.producer, 300, NULL, NULL), DP_E_QUEUE_FULL);
    CHECK(check_now() - begun >= 0.29);
    CHECK(check_now() - begun < 10);
    empty(&full, 10);
}

static void *send_with_patience(void *context)
{
    dp_producer *producer = (dp_producer *)context;
    uint64_t ticket = 0;

    CHECK_CODE(send_more(producer, 60000, &ticket, NULL), DP_OK);
    CHECK(ticket > 10);
    return NULL;
}

static void those_who_wait_get_room(void)
{
    struct full full;
    pthread_t threads[4];

    fill(&full);
    for (int i = 0; i < 4; i++)
        REQUIRE(pthread_create(&threads[i], NULL, send_with_patience,
                               full.producer) == 0);
    WAIT_FOR(service_requests(full.service) == 2);
    CHECK_INT(produce_queued(full.producer), 10);
    service_open(&full.gate);
    for (int i = 0; i < 4; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    empty(&full, 14);
}

static void it_counts_bytes(void)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "queue.bytes", "1MiB", "batch.bytes", "64KiB", "inflight", "2");
    struct gathered gathered = { 0 };
    char *json = check_big_object(50000);
    dp_error *error = NULL;
    size_t taken = 0;
    size_t bytes = 0;

    while (dp_producer_send(producer, ALERT, json, 50000, NULL, 0, NULL,
                            &error) == DP_OK && taken < 1000)
        taken++;
    CHECK_CODE(dp_error_code(error), DP_E_QUEUE_FULL);
    CHECK_HAS(dp_error_message(error), "queue.bytes");
    CHECK_INT(taken, (1 << 20) / 50000);
    CHECK_CODE(dp_producer_queued(producer, NULL, &bytes), DP_OK);
    CHECK_INT(bytes, taken * 50000);
    /* What is smaller still fits. */
    CHECK_CODE(send_more(producer, 0, NULL, NULL), DP_OK);
    service_open(&gate);
    gather(&gathered, producer, taken + 1);
    CHECK_INT(service_stored(service, json), taken);
    dp_error_free(error);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
    free(json);
}

static void reports_take_no_room(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "queue.objects", "10", "batch.objects", "10");
    struct gathered gathered = { 0 };

    for (int i = 0; i < 200; i++)
        CHECK_CODE(send_more(producer, 60000, NULL, NULL), DP_OK);
    gather(&gathered, producer, 200);
    CHECK_INT(gathered_code(&gathered, DP_OK), 200);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

int main(void)
{
    it_refuses_at_once();
    it_waits_as_long_as_it_may();
    those_who_wait_get_room();
    it_counts_bytes();
    reports_take_no_room();
    return check_result();
}
