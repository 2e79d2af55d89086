/* SPDX-License-Identifier: Apache-2.0
 *
 * The sink's latency. It is the same for all requests, so that the one which
 * came first is due first, and one timer is enough.
 */
#define _GNU_SOURCE /* timerfd */
#include "sink.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>

enum { OWED_MAX = 1024 };

struct answer {
    struct timespec due;
    struct connection *peer;
    size_t objects;
};

static struct answer answers[OWED_MAX]; /* a ring */
static size_t first;
static size_t count;
static long delay_ms;
static int timer = -1;

/* Wakes for the first; with none the timer rests. */
static void set_timer(void)
{
    struct itimerspec at;

    memset(&at, 0, sizeof at);
    if (count > 0)
        at.it_value = answers[first].due;
    if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL) != 0)
        stop("timerfd_settime");
}

int delay_open(long milliseconds)
{
    delay_ms = milliseconds;
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (timer < 0)
        stop("timerfd_create");
    return timer;
}

void delay_push(struct connection *peer, size_t objects)
{
    struct answer *last = &answers[(first + count) % OWED_MAX];

    if (count == OWED_MAX) {
        errno = ENOBUFS;
        stop("delay");
    }
    clock_gettime(CLOCK_MONOTONIC, &last->due);
    last->due.tv_sec += delay_ms / 1000;
    last->due.tv_nsec += delay_ms % 1000 * 1000000;
    if (last->due.tv_nsec >= 1000000000) {
        last->due.tv_sec++;
        last->due.tv_nsec -= 1000000000;
    }
    last->peer = peer;
    last->objects = objects;
    peer->owed++;
    if (count++ == 0)
        set_timer();
}

static int is_due(const struct timespec *due)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec > due->tv_sec
           || (now.tv_sec == due->tv_sec && now.tv_nsec >= due->tv_nsec);
}

int delay_pop(struct connection **peer, size_t *objects)
{
    if (count == 0 || !is_due(&answers[first].due)) {
        set_timer();
        return 0;
    }
    *peer = answers[first].peer;
    *objects = answers[first].objects;
    (*peer)->owed--;
    first = (first + 1) % OWED_MAX;
    count--;
    return 1;
}
