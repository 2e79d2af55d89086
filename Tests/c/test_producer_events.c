/* SPDX-License-Identifier: Apache-2.0
 *
 * The descriptor for event loops is readable for as long as reports wait; and,
 * once an object was refused for want of room, from when there is room again
 * until the next poll.
 */
#define _POSIX_C_SOURCE 200809L
#include "produce.h"
#include "service.h"

#include <fcntl.h>
#include <poll.h>

/* Waits for up to `timeout_ms` for the descriptor to be readable. */
static int is_readable(const dp_producer *producer, int timeout_ms)
{
    struct pollfd polled = { dp_producer_event_fd(producer), POLLIN, 0 };
    int count = poll(&polled, 1, timeout_ms);

    REQUIRE(count >= 0);
    CHECK_INT(polled.revents, count ? POLLIN : 0);
    return count;
}

static const int patience_ms = (int)(PATIENCE * 1000);

static void it_tells_of_reports(void)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service));
    dp_reports *reports = NULL;

    CHECK(dp_producer_event_fd(producer) >= 0);
    CHECK_INT(dp_producer_event_fd(producer), dp_producer_event_fd(producer));
    /* A program that this one starts has no business with it. */
    CHECK(fcntl(dp_producer_event_fd(producer), F_GETFD) & FD_CLOEXEC);
    CHECK_INT(is_readable(producer, 0), 0);
    produce_many(producer, 0, 3);
    WAIT_FOR(service_requests(service) > 0);
    CHECK_INT(is_readable(producer, 50), 0);
    service_open(&gate);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    CHECK_INT(is_readable(producer, patience_ms), 1);
    /* It stays so, without anything new, until the last one is collected. */
    CHECK_INT(is_readable(producer, 0), 1);
    for (int i = 0; i < 3; i++) {
        CHECK_INT(is_readable(producer, 0), 1);
        CHECK_CODE(dp_producer_poll(producer, 0, 1, &reports), DP_OK);
        CHECK_INT(dp_reports_count(reports), 1);
        dp_reports_free(reports);
    }
    CHECK_INT(is_readable(producer, 0), 0);
    CHECK_CODE(dp_producer_poll(producer, 0, 1, &reports), DP_OK);
    CHECK(reports == NULL);
    /* And again. */
    produce_many(producer, 3, 1);
    CHECK_INT(is_readable(producer, patience_ms), 1);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK_INT(dp_reports_count(reports), 1);
    dp_reports_free(reports);
    CHECK_INT(is_readable(producer, 0), 0);
    dp_producer_free(producer);
    service_stop(service);
}

static void it_tells_of_room(void)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
        "queue.objects", "4", "batch.objects", "2", "reports", "none");
    dp_reports *reports = NULL;

    produce_many(producer, 0, 4);
    CHECK_INT(is_readable(producer, 0), 0);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL, NULL),
               DP_E_QUEUE_FULL);
    CHECK_INT(is_readable(producer, 50), 0);
    service_open(&gate);
    CHECK_INT(is_readable(producer, patience_ms), 1);
    CHECK_INT(is_readable(producer, 0), 1);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK(reports == NULL);
    CHECK_INT(is_readable(producer, 0), 0);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL, NULL),
               DP_OK);
    /* Nobody was refused since, so there is nothing to tell. */
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    CHECK_INT(is_readable(producer, 0), 0);
    CHECK_INT(service_stored(service, NULL), 5);
    dp_producer_free(producer);
    service_stop(service);
}

static void reports_outlive_the_close(void)
{
    struct service *service = service_start(NULL, NULL);
    dp_producer *producer = PRODUCER("endpoint", service_url(service));
    dp_reports *reports = NULL;

    produce_many(producer, 0, 2);
    CHECK_CODE(dp_producer_close(producer, 60000, NULL, NULL), DP_OK);
    CHECK_INT(is_readable(producer, 0), 1);
    CHECK_CODE(dp_producer_poll(producer, 0, 0, &reports), DP_OK);
    CHECK_INT(dp_reports_count(reports), 2);
    CHECK_INT(is_readable(producer, 0), 0);
    dp_reports_free(reports);
    dp_producer_free(producer);
    service_stop(service);
}

int main(void)
{
    it_tells_of_reports();
    it_tells_of_room();
    reports_outlive_the_close();
    return check_result();
}
