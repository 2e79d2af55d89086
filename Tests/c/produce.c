/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* SOCK_NONBLOCK */
#include "produce.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

dp_producer *produce_with(const char *const *settings)
{
    dp_config *config = check_config();
    dp_error *error = NULL;
    dp_producer *producer;

    REQUIRE(dp_config_set(config, "linger", "10ms", NULL) == DP_OK);
    for (; settings && *settings; settings += 2)
        if (!CHECK_CODE(dp_config_set(config, settings[0], settings[1],
                                      &error), DP_OK))
            fprintf(stderr, "    %s\n", dp_error_message(error));
    producer = dp_producer_new(config, &error);
    CHECK_TEXT(dp_error_message(error), "");
    REQUIRE(producer != NULL);
    dp_config_free(config);
    return producer;
}

uint64_t produce_one(dp_producer *producer, const char *json)
{
    uint64_t ticket = 0;
    dp_error *error = NULL;

    CHECK_CODE(dp_producer_send(producer, ALERT, json, strlen(json), NULL, 0,
                                &ticket, &error), DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    dp_error_free(error);
    return ticket;
}

uint64_t produce_many(dp_producer *producer, size_t first, size_t count)
{
    uint64_t ticket = 0;
    char json[32];

    for (size_t i = 0; i < count; i++) {
        uint64_t next;
        snprintf(json, sizeof json, "{\"n\":%lu}", (unsigned long)(first + i));
        next = produce_one(producer, json);
        if (i == 0)
            ticket = next;
    }
    return ticket;
}

void gather(struct gathered *gathered, dp_producer *producer, size_t count)
{
    double until = check_now() + PATIENCE;

    while (gathered->count < count && check_now() < until) {
        dp_reports *part = NULL;
        size_t more;

        if (!CHECK_CODE(dp_producer_poll(producer, 200, 0, &part), DP_OK))
            return;
        more = dp_reports_count(part);
        if (!part)
            continue;
        CHECK(more > 0);
        gathered->parts = (dp_reports **)realloc(gathered->parts,
            (gathered->parts_count + 1) * sizeof *gathered->parts);
        gathered->reports = (const dp_report **)realloc(gathered->reports,
            (gathered->count + more) * sizeof *gathered->reports);
        REQUIRE(gathered->parts && gathered->reports);
        gathered->parts[gathered->parts_count++] = part;
        for (size_t i = 0; i < more; i++)
            gathered->reports[gathered->count++] = dp_reports_at(part, i);
    }
    CHECK_INT(gathered->count, count);
}

const dp_report *gathered_ticket(const struct gathered *gathered,
                                 uint64_t ticket)
{
    const dp_report *found = NULL;

    for (size_t i = 0; i < gathered->count; i++)
        if (gathered->reports[i]->ticket == ticket) {
            if (found)
                return NULL;
            found = gathered->reports[i];
        }
    return found;
}

size_t gathered_code(const struct gathered *gathered, dp_code code)
{
    size_t count = 0;

    for (size_t i = 0; i < gathered->count; i++)
        count += gathered->reports[i]->code == code;
    return count;
}

void gathered_free(struct gathered *gathered)
{
    for (size_t i = 0; i < gathered->parts_count; i++)
        dp_reports_free(gathered->parts[i]);
    free(gathered->parts);
    free(gathered->reports);
    memset(gathered, 0, sizeof *gathered);
}

void produce_breathe(void)
{
    struct timespec pause = { 0, 1000000 };

    nanosleep(&pause, NULL);
}

size_t produce_queued(const dp_producer *producer)
{
    size_t objects = (size_t)-1;

    CHECK_CODE(dp_producer_queued(producer, &objects, NULL), DP_OK);
    return objects;
}

/* A bound socket and its address. */
static int bound(struct sockaddr_in *address, char *url, size_t size)
{
    socklen_t length = sizeof *address;
    int bound = socket(AF_INET, SOCK_STREAM, 0);

    memset(address, 0, sizeof *address);
    address->sin_family = AF_INET;
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bound >= 0);
    REQUIRE(bind(bound, (struct sockaddr *)address, length) == 0);
    REQUIRE(getsockname(bound, (struct sockaddr *)address, &length) == 0);
    snprintf(url, size, "http://127.0.0.1:%u",
             (unsigned)ntohs(address->sin_port));
    return bound;
}

int produce_refusing(char *url, size_t size)
{
    struct sockaddr_in address;

    return bound(&address, url, size);
}

struct black_hole produce_black_hole(char *url, size_t size)
{
    struct sockaddr_in address;
    struct black_hole hole;

    hole.listener = bound(&address, url, size);
    REQUIRE(listen(hole.listener, 0) == 0);
    /* They fill the queue; what comes after them gets no answer. */
    for (size_t i = 0; i < 8; i++) {
        hole.clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        REQUIRE(hole.clients[i] >= 0);
        (void)connect(hole.clients[i], (struct sockaddr *)&address,
                      sizeof address);
    }
    return hole;
}

void black_hole_close(struct black_hole *hole)
{
    for (size_t i = 0; i < 8; i++)
        close(hole->clients[i]);
    close(hole->listener);
}
