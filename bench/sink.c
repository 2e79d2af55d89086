/* SPDX-License-Identifier: Apache-2.0
 *
 * The other end: takes batch-create calls as fast as one core can, keeps
 * nothing, and answers each object with an id. It is there so that a
 * comparison of clients is not one of servers; it checks no token and no JSON.
 *
 * It counts objects by itself, by looking for MARKER, a text that each object
 * has exactly once. GET answers with the counts, DELETE sets them to 0. Its
 * first line is its address. Usage: sink MARKER
 */
#define _GNU_SOURCE /* accept4, memmem, strcasestr */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 256 << 10, REQUEST_MAX = 16 << 20, HEAD_ROOM = 256 };

/* One connection, with what of a request has arrived. */
struct connection {
    int socket;
    char *bytes;
    size_t held;
    size_t capacity;
    size_t head;   /* length of the request's head; 0 while it is incomplete */
    size_t length; /* of head and body */
};

static const char *marker;
static unsigned long long requests;
static unsigned long long objects;
static unsigned long long connections;
static unsigned long long next_id;

static void stop(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static void *grow(void *memory, size_t size)
{
    void *grown = realloc(memory, size);

    if (!grown)
        stop("realloc");
    return grown;
}

static void send_all(const struct connection *peer, const char *bytes,
                     size_t length)
{
    while (length > 0) {
        ssize_t sent = send(peer->socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return; /* the peer is gone, as the next read will tell */
        bytes += sent;
        length -= (size_t)sent;
    }
}

/* Answers with `body`, before which there is HEAD_ROOM for the head. */
static void reply(const struct connection *peer, char *body, size_t length)
{
    char head[HEAD_ROOM];
    int head_length = snprintf(head, sizeof head,
                               "HTTP/1.1 200 OK\r\n"
                               "Content-Type: application/json\r\n"
                               "X-request-id: sink-%llu\r\n"
                               "Content-Length: %zu\r\n\r\n",
                               requests, length);

    memcpy(body - head_length, head, (size_t)head_length);
    send_all(peer, body - head_length, (size_t)head_length + length);
}

static void reply_counts(const struct connection *peer)
{
    char room[2 * HEAD_ROOM];
    int length = snprintf(room + HEAD_ROOM, HEAD_ROOM,
                          "{\"requests\":%llu,\"objects\":%llu,"
                          "\"connections\":%llu}",
                          requests, objects, connections);

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

static void reply_ids(const struct connection *peer, size_t count)
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
        reply_ids(peer, count);
    } else {
        if (strncmp(peer->bytes, "DELETE ", 7) == 0)
            requests = objects = connections = 0;
        reply_counts(peer);
    }
}

/* Reads what is there. Returns whether the connection is still of use. */
static int serve(struct connection *peer)
{
    size_t wanted = peer->length > peer->held ? peer->length - peer->held
                                              : READ_SIZE;
    ssize_t got = 0;

    if (peer->capacity - peer->held < wanted) {
        peer->capacity = peer->held + wanted;
        peer->bytes = (char *)grow(peer->bytes, peer->capacity);
    }
    got = recv(peer->socket, peer->bytes + peer->held, wanted, MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (got == 0)
        return 0;
    peer->held += (size_t)got;
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

static int listen_on_loopback(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0
        || bind(listener, (struct sockaddr *)&address, sizeof address) != 0
        || listen(listener, 128) != 0
        || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        stop("listen");
    printf("http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void watch(int poll, int socket, struct connection *peer)
{
    struct epoll_event event;

    memset(&event, 0, sizeof event);
    event.events = EPOLLIN;
    event.data.ptr = peer;
    if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) != 0)
        stop("epoll_ctl");
}

static void take_connection(int poll, int listener)
{
    int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    int on = 1;
    struct connection *peer = NULL;

    if (socket < 0)
        return;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    peer = (struct connection *)grow(NULL, sizeof *peer);
    memset(peer, 0, sizeof *peer);
    peer->socket = socket;
    connections++;
    watch(poll, socket, peer);
}

int main(int argc, char **argv)
{
    struct epoll_event events[64];
    int listener = -1;
    int poll = epoll_create1(EPOLL_CLOEXEC);

    if (argc != 2 || !*argv[1]) {
        fprintf(stderr, "usage: %s MARKER\n", argv[0]);
        return EXIT_FAILURE;
    }
    marker = argv[1];
    listener = listen_on_loopback();
    watch(poll, listener, NULL);
    for (;;) {
        int count = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < count; i++) {
            struct connection *peer = (struct connection *)events[i].data.ptr;
            if (!peer) {
                take_connection(poll, listener);
            } else if (!serve(peer)) {
                close(peer->socket);
                free(peer->bytes);
                free(peer);
            }
        }
    }
}
