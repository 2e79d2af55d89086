/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the producer share: one with short times, its reports as
 * they gather, and waiting for a condition with a deadline.
 */
#ifndef PRODUCE_H
#define PRODUCE_H

#include "check.h"

/* How long anything may take before a test gives up, in seconds; under a
 * memory checker everything takes long. */
#define PATIENCE 60.0

/* A producer for this program's emulator, with these settings on top: pairs
 * of key and value, or none. Its batches go as soon as they can (linger 10ms)
 * unless told otherwise. */
#define PRODUCER(...)                                                      \
    produce_with((const char *const[]){ __VA_ARGS__, NULL })
dp_producer *produce_with(const char *const *settings);

/* Sends one object, or so many of {"n":first}, {"n":first + 1} and so on, to
 * ALERT without waiting; each has to be taken. Returns its, or the first,
 * ticket. */
uint64_t produce_one(dp_producer *producer, const char *json);
uint64_t produce_many(dp_producer *producer, size_t first, size_t count);

/* Reports as they come; all zero at the start. Those of `reports` are
 * borrowed until gathered_free. */
struct gathered {
    const dp_report **reports;
    size_t count;
    dp_reports **parts;
    size_t parts_count;
};

/* Polls until there are `count` reports altogether, or PATIENCE ends. */
void gather(struct gathered *gathered, dp_producer *producer, size_t count);

/* The report with a ticket; NULL when there is none, or are two. */
const dp_report *gathered_ticket(const struct gathered *gathered,
                                 uint64_t ticket);

/* How many have this code. */
size_t gathered_code(const struct gathered *gathered, dp_code code);

void gathered_free(struct gathered *gathered);

/* Waits until `holds` becomes true. Returns what it is in the end. */
#define WAIT_FOR(holds)                                                    \
    do {                                                                   \
        double wait_until = check_now() + PATIENCE;                        \
        while (!(holds) && check_now() < wait_until)                       \
            produce_breathe();                                             \
        CHECK(holds);                                                      \
    } while (0)

/* Gives the processor to others for a millisecond. */
void produce_breathe(void);

/* How many objects were taken and have no outcome yet. */
size_t produce_queued(const dp_producer *producer);

/* A socket that nobody listens on, or that is listened on by nobody who
 * accepts (its queue is full, so that connecting hangs). Writes its address
 * to `url`. Returns what to close in the end. */
int produce_refusing(char *url, size_t size);
struct black_hole {
    int listener;
    int clients[8];
};
struct black_hole produce_black_hole(char *url, size_t size);
void black_hole_close(struct black_hole *hole);

#endif
