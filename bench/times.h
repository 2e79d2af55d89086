/* SPDX-License-Identifier: Apache-2.0
 *
 * How long calls take, in microseconds by the clock on the wall.
 */
#ifndef TIMES_H
#define TIMES_H

#include "bench.h"

#include <time.h>

struct times {
    double *us;
    size_t count;
};

static inline double times_now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

/* Room for so many; touched now, so that adding one costs no page fault. */
static inline void times_reserve(struct times *times, size_t count)
{
    times->us = (double *)bench_alloc((count + 1) * sizeof *times->us);
    memset(times->us, 0, (count + 1) * sizeof *times->us);
}

static inline void times_add(struct times *times, double us)
{
    times->us[times->count++] = us;
}

static inline int times_compare(const void *left, const void *right)
{
    double difference = *(const double *)left - *(const double *)right;

    return (difference > 0) - (difference < 0);
}

/* What it takes to read the clock twice, at the least. */
static inline double times_of_clock(void)
{
    double least = 1e6;

    for (int i = 0; i < 1000; i++) {
        double began = times_now();
        double took = times_now() - began;
        if (took < least)
            least = took;
    }
    return least;
}

/* Prints the median and what 99 of 100 stay below; releases the times. */
static inline void times_print(const char *what, struct times *times)
{
    double clock = times_of_clock();

    qsort(times->us, times->count, sizeof *times->us, times_compare);
    printf("%s_median_us %.3f ", what, times->us[times->count / 2] - clock);
    printf("%s_p99_us %.3f ", what, times->us[times->count * 99 / 100] - clock);
    free(times->us);
}

#endif /* TIMES_H */
