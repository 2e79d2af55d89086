/* SPDX-License-Identifier: Apache-2.0
 *
 * epoll serves standard input and a producer from one thread, in the event
 * loop that the program has anyway: it reads only while the queue has room,
 * and collects outcomes when the producer's descriptor says so. It never waits
 * anywhere else.
 *
 * Standard input carries JSON objects, one a line, each below 1 MiB; it has to
 * be a pipe, a terminal or a socket, for epoll watches no plain file:
 *
 *     cat objects.ndjson | epoll DATA_CLASS_ID
 *
 * It prints the id of each object that is stored; of each other object the
 * reason and the text go to standard error, and the exit status is 1.
 *
 * Settings come from the environment; README.md lists them.
 */
#define _POSIX_C_SOURCE 200809L
#include <datapanel.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define LINE_MAX_BYTES (1 << 20)

/* The loop: what the functions below share. */
struct loop {
    int epoll;
    dp_producer *producer;
    const char *target;
    char *input; /* read, and not yet taken by the producer */
    size_t length;
    int ended;   /* the input has */
    int waiting; /* for room in the queue; the input is not read meanwhile */
    long taken;
    long reported;
    long failed;
};

/* Starts or stops watching a descriptor. Returns whether that worked. */
static int watch(struct loop *loop, int descriptor, int on)
{
    struct epoll_event event;

    memset(&event, 0, sizeof event);
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (epoll_ctl(loop->epoll, on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, descriptor,
                  &event) == 0)
        return 1;
    perror("epoll_ctl");
    return 0;
}

static void fail(struct loop *loop, const char *message, const char *text,
                 size_t length)
{
    loop->failed++;
    fprintf(stderr, "%s: %.*s\n", message, (int)length, text);
}

/* Hands a line over. Returns whether it is done with; else the queue is
 * full. */
static int send_line(struct loop *loop, const char *text, size_t length)
{
    dp_error *error = NULL;
    dp_code code;

    if (length == 0)
        return 1;
    code = dp_producer_send(loop->producer, loop->target, text, length, NULL,
                            0, NULL, &error);
    if (code == DP_OK)
        loop->taken++;
    else if (code != DP_E_QUEUE_FULL)
        fail(loop, dp_error_message(error), text, length);
    dp_error_free(error);
    return code != DP_E_QUEUE_FULL;
}

/* Hands over every whole line that has been read, while there is room. */
static void send_lines(struct loop *loop)
{
    size_t begin = 0;
    int has_room = 1;

    while (has_room && begin < loop->length) {
        const char *line = loop->input + begin;
        const char *end =
            (const char *)memchr(line, '\n', loop->length - begin);
        size_t length = end ? (size_t)(end - line) : loop->length - begin;

        if (!end && !loop->ended && loop->length - begin < LINE_MAX_BYTES)
            break; /* the rest of it is still to come */
        has_room = send_line(loop, line, length);
        if (has_room)
            begin += length + (end ? 1 : 0);
    }
    memmove(loop->input, loop->input + begin, loop->length - begin);
    loop->length -= begin;
    /* What the producer has no room for, the pipe has to keep. */
    if (!loop->ended && loop->waiting == has_room)
        watch(loop, STDIN_FILENO, has_room);
    loop->waiting = !has_room;
}

/* Reads what there is; at least that does not have to be waited for. */
static void read_input(struct loop *loop)
{
    ssize_t count = read(STDIN_FILENO, loop->input + loop->length,
                         LINE_MAX_BYTES - loop->length);

    if (count < 0 && (errno == EINTR))
        return;
    if (count < 0)
        perror("standard input");
    if (count <= 0) {
        watch(loop, STDIN_FILENO, 0);
        loop->ended = 1;
    } else {
        loop->length += (size_t)count;
    }
    send_lines(loop);
}

/* Collects outcomes; and when there is room again, goes on with the input. */
static void collect(struct loop *loop)
{
    dp_reports *reports = NULL;

    dp_producer_poll(loop->producer, 0, 0, &reports);
    for (size_t i = 0; i < dp_reports_count(reports); i++) {
        const dp_report *report = dp_reports_at(reports, i);
        loop->reported++;
        if (report->code == DP_OK)
            puts(report->id);
        else
            fail(loop, report->message ? report->message : "",
                 (const char *)report->payload, report->payload_len);
    }
    dp_reports_free(reports);
    if (loop->waiting)
        send_lines(loop);
}

/* Runs until the input has ended and all of it is reported. */
static void run(struct loop *loop)
{
    int producer = dp_producer_event_fd(loop->producer);

    if (!watch(loop, producer, 1) || !watch(loop, STDIN_FILENO, 1)) {
        loop->failed++;
        return;
    }
    while (!loop->ended || loop->length > 0 || loop->reported < loop->taken) {
        struct epoll_event events[2];
        int count = epoll_wait(loop->epoll, events, 2, -1);

        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == producer)
                collect(loop);
            else if (!loop->waiting)
                read_input(loop);
        }
    }
}

int main(int argc, char **argv)
{
    struct loop loop;
    dp_error *error = NULL;
    dp_config *config = dp_config_new();

    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA_CLASS_ID <objects\n", argv[0]);
        dp_config_free(config);
        return EXIT_FAILURE;
    }
    memset(&loop, 0, sizeof loop);
    loop.target = argv[1];
    loop.input = (char *)malloc(LINE_MAX_BYTES);
    loop.epoll = epoll_create1(EPOLL_CLOEXEC);
    if (dp_config_load(config, NULL, &error) == DP_OK)
        loop.producer = dp_producer_new(config, &error);
    dp_config_free(config);

    if (!loop.producer) {
        fprintf(stderr, "%s\n", dp_error_message(error));
        loop.failed++;
    } else if (!loop.input || loop.epoll < 0) {
        perror("epoll");
        loop.failed++;
    } else {
        run(&loop);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("standard output");
        loop.failed++;
    }
    dp_error_free(error);
    dp_producer_free(loop.producer);
    if (loop.epoll >= 0)
        close(loop.epoll);
    free(loop.input);
    return loop.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
