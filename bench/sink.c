/* SPDX-License-Identifier: Apache-2.0
 *
 * The other end: takes batch-create calls as fast as one core can, keeps
 * nothing, and answers each object with an id. It is there so that a
 * comparison of clients is not one of servers; it checks no token and no JSON.
 *
 * It counts objects by itself, by looking for MARKER, a text that each object
 * has exactly once. GET answers with the counts, DELETE sets them to 0. Its
 * first line is its address.
 *
 * Usage: sink MARKER [DELAY_MS [CERTIFICATE KEY]]. It answers a request
 * DELAY_MS after the last byte of it, however many others wait meanwhile; with
 * a certificate and its key, PEM files, it speaks TLS.
 */
#define _GNU_SOURCE /* memmem, strcasestr */
#include "sink.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

enum { READ_SIZE = 256 << 10, REQUEST_MAX = 16 << 20, HEAD_ROOM = 256 };

static const char *marker;
static unsigned long long requests;
static unsigned long long objects;
static unsigned long long connections; /* that brought objects */
static unsigned long long next_id;
static long delay_ms;

void stop(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

void *grow(void *memory, size_t size)
{
    void *grown = realloc(memory, size);

    if (!grown)
        stop("realloc");
    return grown;
}

/* Answers with `body`, before which there is HEAD_ROOM for the head. */
static void reply(struct connection *peer, char *body, size_t length)
{
    char head[HEAD_ROOM];
    int head_length = snprintf(head, sizeof head,
                               "HTTP/1.1 200 OK\r\n"
                               "Content-Type: application/json\r\n"
                               "X-request-id: sink-%llu\r\n"
                               "Content-Length: %zu\r\n\r\n",
                               requests, length);

    memcpy(body - head_length, head, (size_t)head_length);
    wire_send(peer, body - head_length, (size_t)head_length + length);
}

static unsigned long long cpu_us(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (unsigned long long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
               * 1000000
           + (unsigned long long)(usage.ru_utime.tv_usec
                                  + usage.ru_stime.tv_usec);
}

static void reply_counts(struct connection *peer)
{
    char room[2 * HEAD_ROOM];
    int length = snprintf(room + HEAD_ROOM, HEAD_ROOM,
                          "{\"requests\":%llu,\"objects\":%llu,"
                          "\"connections\":%llu,\"cpu_us\":%llu}",
                          requests, objects, connections, cpu_us());

    reply(peer, room + HEAD_ROOM, (size_t)length);
}

static size_t count_objects(const char *body, const char *end)
{
    size_t length = strlen(marker);
    size_t count = 0;

    while ((body = (const char *)memmem(body, (size_t)(end - body), marker,
                                        length))) {
        body += length;
        count++;
    }
    return count;
}

/* The twelve digits in which one id differs from another. */
static void write_digits(char *text, unsigned long long number)
{
    for (int i = 11; i >= 0; i--, number >>= 4)
        text[i] = "0123456789abcdef"[number & 15];
}

static void reply_ids(struct connection *peer, size_t count)
{
    static const char item[] =
        "{\"id\":\"01a20f6d-4f92-7000-8ede-000000000000\","
        "\"event_id\":\"01a20f6d-4f92-7001-ac75-000000000000\"},";
    static const size_t id_digits = 31, event_id_digits = 81;
    static char *room;
    static size_t capacity;
    size_t needed = HEAD_ROOM + 2 + count * (sizeof item - 1);
    char *text = NULL;

    if (needed > capacity)
        room = (char *)grow(room, capacity = needed);
    text = room + HEAD_ROOM;
    *text++ = '[';
    for (size_t i = 0; i < count; i++) {
        memcpy(text, item, sizeof item - 1);
        write_digits(text + id_digits, next_id);
        write_digits(text + event_id_digits, next_id++);
        text += sizeof item - 1;
    }
    if (count > 0)
        text--; /* the last comma */
    *text++ = ']';
    reply(peer, room + HEAD_ROOM, (size_t)(text - room) - HEAD_ROOM);
}

/* Finds out how long the request is. Returns whether it can be taken. */
static int measure(struct connection *peer)
{
    char *end = (char *)memmem(peer->bytes, peer->held, "\r\n\r\n", 4);
    char *field = NULL;

    if (!end)
        return peer->held < READ_SIZE;
    peer->head = (size_t)(end - peer->bytes) + 4;
    *end = '\0';
    field = strcasestr(peer->bytes, "\r\nContent-Length:");
    peer->length = peer->head + (field ? strtoul(field + 17, NULL, 10) : 0);
    return peer->length <= REQUEST_MAX;
}

static void answer(struct connection *peer)
{
    if (strncmp(peer->bytes, "POST ", 5) == 0) {
        size_t count = count_objects(peer->bytes + peer->head,
                                     peer->bytes + peer->length);
        requests++;
        objects += count;
        connections += !peer->has_posted;
        peer->has_posted = 1;
        if (delay_ms > 0)
            delay_push(peer, count);
        else
            reply_ids(peer, count);
    } else {
        if (strncmp(peer->bytes, "DELETE ", 7) == 0)
            requests = objects = connections = 0;
        reply_counts(peer);
    }
}

/* Deals with the requests that are complete. Returns whether all is well. */
static int take_requests(struct connection *peer)
{
    while (peer->held > 0) {
        if (peer->head == 0 && !measure(peer))
            return 0;
        if (peer->head == 0 || peer->held < peer->length)
            return 1;
        answer(peer);
        peer->held -= peer->length;
        memmove(peer->bytes, peer->bytes + peer->length, peer->held);
        peer->head = peer->length = 0;
    }
    return 1;
}

/* Reads what is there. Returns whether the connection is still of use. */
static int serve(struct connection *peer)
{
    do {
        size_t wanted = peer->length > peer->held ? peer->length - peer->held
                                                  : READ_SIZE;
        ssize_t got = 0;

        if (peer->capacity - peer->held < wanted) {
            peer->capacity = peer->held + wanted;
            peer->bytes = (char *)grow(peer->bytes, peer->capacity);
        }
        got = wire_receive(peer, peer->bytes + peer->held, wanted);
        if (got <= 0)
            return got == 0;
        peer->held += (size_t)got;
        if (!take_requests(peer))
            return 0;
    } while (wire_has_more(peer));
    return 1;
}

static void watch(int poll, int descriptor, void *context)
{
    struct epoll_event event;

    memset(&event, 0, sizeof event);
    event.events = EPOLLIN;
    event.data.ptr = context;
    if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        stop("epoll_ctl");
}

static void take_connection(int poll, int listener)
{
    struct connection *peer = (struct connection *)grow(NULL, sizeof *peer);

    if (!wire_accept(listener, peer)) {
        free(peer);
        return;
    }
    watch(poll, peer->socket, peer);
}

/* What is owed to a peer that is gone is still on its way to it. */
static void forget_if_over(struct connection *peer)
{
    if (!peer->is_over || peer->owed > 0)
        return;
    free(peer->bytes);
    free(peer);
}

static void answer_due(void)
{
    struct connection *peer = NULL;
    size_t count = 0;

    while (delay_pop(&peer, &count)) {
        if (!peer->is_over)
            reply_ids(peer, count);
        forget_if_over(peer);
    }
}

static void run(int poll, int listener, const int *timer)
{
    struct epoll_event events[64];

    for (;;) {
        int count = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < count; i++) {
            struct connection *peer = (struct connection *)events[i].data.ptr;
            if (!peer) {
                take_connection(poll, listener);
            } else if (events[i].data.ptr == (const void *)timer) {
                answer_due();
            } else if (!serve(peer)) {
                wire_close(peer);
                peer->is_over = 1;
                forget_if_over(peer);
            }
        }
    }
}

int main(int argc, char **argv)
{
    int poll = epoll_create1(EPOLL_CLOEXEC);
    int listener = -1;
    int timer = -1;

    if ((argc != 2 && argc != 3 && argc != 5) || !*argv[1]) {
        fprintf(stderr, "usage: %s MARKER [DELAY_MS [CERTIFICATE KEY]]\n",
                argv[0]);
        return EXIT_FAILURE;
    }
    marker = argv[1];
    if (argc > 2)
        delay_ms = strtol(argv[2], NULL, 10);
    if (argc > 3)
        wire_use_tls(argv[3], argv[4]);
    listener = wire_listen();
    timer = delay_open(delay_ms);
    watch(poll, listener, NULL);
    watch(poll, timer, &timer);
    run(poll, listener, &timer);
}
