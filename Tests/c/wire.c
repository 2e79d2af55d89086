/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "wire.h"

#include "check.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUESTS_MAX 64
#define CONNECTIONS_MAX 64
#define HEAD_MAX 262144

/* One request while it arrives. */
struct connection {
    int socket; /* -1 once it is closed */
    int hung;
    char *head;
    size_t head_length;
    int head_ended;
    size_t body_length; /* as announced */
    size_t body_read;
};

struct wire {
    const struct wire_step *steps;
    size_t steps_count;
    int listener;
    int stop[2];
    pthread_t thread;
    char url[64];
    struct connection connections[CONNECTIONS_MAX];
    size_t connections_count;
    pthread_mutex_t lock; /* guards the log below */
    size_t requests;
    char *heads[REQUESTS_MAX];
    int numbers[REQUESTS_MAX];
    size_t ends;
    pthread_cond_t ended;
};

/* Notes a request that has arrived; the log takes over its head. */
static void note(struct wire *wire, int number)
{
    pthread_mutex_lock(&wire->lock);
    if (wire->requests < REQUESTS_MAX) {
        wire->heads[wire->requests] = wire->connections[number].head;
        wire->numbers[wire->requests] = number;
        wire->connections[number].head = NULL;
        wire->requests++;
    }
    pthread_mutex_unlock(&wire->lock);
}

static void finish(struct connection *connection, enum wire_end how)
{
    if (how == WIRE_RESET) {
        struct linger linger = { 1, 0 };
        setsockopt(connection->socket, SOL_SOCKET, SO_LINGER, &linger,
                   sizeof linger);
    }
    close(connection->socket);
    free(connection->head);
    connection->head = NULL;
    connection->socket = -1;
}

/* The step that the next request gets. */
static const struct wire_step *next_step(struct wire *wire)
{
    size_t next = wire_requests(wire);

    return &wire->steps[next < wire->steps_count ? next
                                                 : wire->steps_count - 1];
}

/* Carries out the step of a request that has arrived far enough. */
static void act(struct wire *wire, int number)
{
    struct connection *connection = &wire->connections[number];
    const struct wire_step *step = next_step(wire);
    size_t length = step->reply ? strlen(step->reply) : 0;
    size_t sent = 0;

    note(wire, number);
    while (sent < length) {
        ssize_t count = send(connection->socket, step->reply + sent,
                             length - sent, MSG_NOSIGNAL);
        if (count <= 0)
            break;
        sent += (size_t)count;
    }
    connection->hung = step->end == WIRE_HANG;
    if (step->end == WIRE_CLOSE || step->end == WIRE_RESET) {
        finish(connection, step->end);
        pthread_mutex_lock(&wire->lock);
        wire->ends++;
        pthread_cond_broadcast(&wire->ended);
        pthread_mutex_unlock(&wire->lock);
    }
    connection->head_length = 0;
    connection->head_ended = 0;
    connection->body_read = 0;
}

/* Looks for the end of the head; what follows it is body. */
static void scan_head(struct connection *connection)
{
    char *end = strstr(connection->head, "\r\n\r\n");
    char *line = connection->head;

    if (!end)
        return;
    connection->head_ended = 1;
    connection->body_read =
        connection->head_length - (size_t)(end + 4 - connection->head);
    connection->head_length -= connection->body_read;
    connection->head[connection->head_length] = '\0';
    connection->body_length = 0;
    while ((line = strstr(line, "\r\n")) != NULL) {
        line += 2;
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            connection->body_length = strtoul(line + 15, NULL, 10);
    }
}

/* Takes what has arrived on a connection. */
static void take(struct wire *wire, int number)
{
    char scratch[65536];
    struct connection *connection = &wire->connections[number];
    size_t body_max = next_step(wire)->body_max;
    char *place = scratch;
    size_t room = sizeof scratch;
    ssize_t count;

    if (!connection->head)
        connection->head = (char *)calloc(1, HEAD_MAX + 1);
    if (!connection->head_ended) {
        place = connection->head + connection->head_length;
        room = HEAD_MAX - connection->head_length;
    }
    count = recv(connection->socket, place, room, 0);
    if (count <= 0) {
        finish(connection, WIRE_CLOSE);
        return;
    }
    if (connection->head_ended) {
        connection->body_read += (size_t)count;
    } else {
        connection->head_length += (size_t)count;
        scan_head(connection);
    }
    if (connection->head_ended
        && (connection->body_read >= connection->body_length
            || (body_max && connection->body_read >= body_max)))
        act(wire, number);
}

static void *serve(void *context)
{
    struct wire *wire = (struct wire *)context;
    struct pollfd polled[CONNECTIONS_MAX + 2];

    for (;;) {
        size_t count = wire->connections_count;

        polled[0].fd = wire->stop[0];
        polled[1].fd = count < CONNECTIONS_MAX ? wire->listener : -1;
        for (size_t i = 0; i < count; i++)
            polled[i + 2].fd = wire->connections[i].hung
                                   ? -1 : wire->connections[i].socket;
        for (size_t i = 0; i < count + 2; i++) {
            polled[i].events = POLLIN;
            polled[i].revents = 0;
        }
        if (poll(polled, count + 2, -1) < 0)
            continue;
        if (polled[0].revents)
            return NULL;
        for (size_t i = 0; i < count; i++)
            if (polled[i + 2].revents)
                take(wire, (int)i);
        if (polled[1].revents) {
            int socket = accept(wire->listener, NULL, NULL);
            if (socket >= 0)
                wire->connections[wire->connections_count++].socket = socket;
        }
    }
}

struct wire *wire_start(const struct wire_step *steps, size_t count)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    struct wire *wire = (struct wire *)calloc(1, sizeof *wire);

    REQUIRE(wire != NULL);
    wire->steps = steps;
    wire->steps_count = count;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    wire->listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(wire->listener >= 0);
    REQUIRE(bind(wire->listener, (struct sockaddr *)&address, length) == 0);
    REQUIRE(listen(wire->listener, 64) == 0);
    REQUIRE(getsockname(wire->listener, (struct sockaddr *)&address, &length)
            == 0);
    snprintf(wire->url, sizeof wire->url, "http://127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    REQUIRE(pipe(wire->stop) == 0);
    REQUIRE(pthread_mutex_init(&wire->lock, NULL) == 0);
    REQUIRE(pthread_cond_init(&wire->ended, NULL) == 0);
    REQUIRE(pthread_create(&wire->thread, NULL, serve, wire) == 0);
    return wire;
}

const char *wire_url(const struct wire *wire)
{
    return wire->url;
}

size_t wire_requests(struct wire *wire)
{
    size_t count;

    pthread_mutex_lock(&wire->lock);
    count = wire->requests;
    pthread_mutex_unlock(&wire->lock);
    return count;
}

const char *wire_head(struct wire *wire, size_t request)
{
    return request < wire_requests(wire) ? wire->heads[request] : NULL;
}

int wire_connection(struct wire *wire, size_t request)
{
    return request < wire_requests(wire) ? wire->numbers[request] : -1;
}

int wire_wait_for_ends(struct wire *wire, size_t count)
{
    struct timespec deadline;
    int status = 0;

    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_sec += 10;
    pthread_mutex_lock(&wire->lock);
    while (wire->ends < count && status == 0)
        status = pthread_cond_timedwait(&wire->ended, &wire->lock, &deadline);
    pthread_mutex_unlock(&wire->lock);
    return status == 0;
}

void wire_stop(struct wire *wire)
{
    close(wire->stop[1]);
    pthread_join(wire->thread, NULL);
    for (size_t i = 0; i < wire->connections_count; i++)
        if (wire->connections[i].socket >= 0)
            finish(&wire->connections[i], WIRE_CLOSE);
    for (size_t i = 0; i < wire->requests; i++)
        free(wire->heads[i]);
    close(wire->stop[0]);
    close(wire->listener);
    pthread_cond_destroy(&wire->ended);
    pthread_mutex_destroy(&wire->lock);
    free(wire);
}
