/* SPDX-License-Identifier: Apache-2.0
 *
 * stream reads JSON objects from standard input, one a line, for as long as
 * there are any, and hands them to a producer, which sends them in batches
 * while more are read, and tries again while the service is away. It ends with
 * a summary on standard error, and with status 0 only when everything is
 * stored.
 *
 * Nothing is lost: the text of each object that is not stored is appended to
 * FILE, after its reason on standard error; without FILE it goes there, too.
 * What stands in FILE with "maybe" as its reason may be at the service all the
 * same: look it up before you send it again.
 *
 * Usage: stream DATA_CLASS_ID [FILE] <objects.ndjson
 * Settings come from the environment; README.md lists them.
 */
#define _POSIX_C_SOURCE 200809L /* getline */
#include <datapanel.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long the end of the input waits for the last objects. */
#define CLOSE_MS 60000

/* A run: what the functions below share. */
struct run {
    dp_producer *producer;
    const char *target;
    const char *path; /* of FILE, or NULL */
    FILE *unsent;
    long lines;
    long stored;
    long duplicates; /* of the stored ones, those that may be there twice */
    long failed;
};

static const char *const stored_names[] = { "no", "maybe", "yes" };

/* Tells why an object is not stored and keeps its text. */
static void keep(struct run *run, long line, dp_code code, dp_stored stored,
                 const char *message, const void *text, size_t length)
{
    int written = 0;

    run->failed++;
    fprintf(stderr, "line %ld: %s, stored: %s: %s\n", line, dp_code_name(code),
            stored_names[stored], message ? message : "");
    if (run->unsent)
        written = fwrite(text, 1, length, run->unsent) == length
                  && fputc('\n', run->unsent) != EOF
                  && fflush(run->unsent) == 0;
    if (!written) {
        fwrite(text, 1, length, stderr);
        fputc('\n', stderr);
    }
}

/* Counts outcomes and gives them back. The opaque of an object is the number
 * of its line. */
static void tell(struct run *run, dp_reports *reports)
{
    for (size_t i = 0; i < dp_reports_count(reports); i++) {
        const dp_report *report = dp_reports_at(reports, i);
        if (report->code == DP_OK) {
            run->stored++;
            if (report->flags & DP_POSSIBLE_DUPLICATE)
                run->duplicates++;
        } else {
            keep(run, (long)(intptr_t)report->opaque, report->code,
                 report->stored, report->message, report->payload,
                 report->payload_len);
        }
    }
    dp_reports_free(reports);
}

/* Collects the outcomes there are, without waiting. */
static void collect(struct run *run)
{
    dp_reports *reports = NULL;

    while (dp_producer_poll(run->producer, 0, 0, &reports) == DP_OK && reports)
        tell(run, reports);
}

/* Hands one line over. A full queue is waited for: so the producer's pace
 * becomes that of whoever writes into the pipe. */
static dp_code send_line(struct run *run, const char *text, size_t length)
{
    dp_error *error = NULL;
    dp_code code;

    do {
        dp_error_free(error);
        collect(run);
        code = dp_producer_send(run->producer, run->target, text, length,
                                (void *)(intptr_t)run->lines, 1000, NULL,
                                &error);
    } while (code == DP_E_QUEUE_FULL);
    if (code != DP_OK)
        keep(run, run->lines, code, DP_STORED_NO, dp_error_message(error),
             text, length);
    dp_error_free(error);
    return code;
}

/* Sends every line that is not blank. Returns 0 at the end of the input. */
static int send_input(struct run *run)
{
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    dp_code code = DP_OK;

    /* Whatever else is wrong with a line, the next one may be good; a bad
     * target is bad for all of them. */
    while (code != DP_E_ARGUMENT
           && (length = getline(&text, &capacity, stdin)) >= 0) {
        run->lines++;
        if (length > 0 && text[length - 1] == '\n')
            text[--length] = '\0';
        if (strspn(text, " \t\r") < (size_t)length)
            code = send_line(run, text, (size_t)length);
    }
    if (ferror(stdin))
        perror("standard input");
    free(text);
    return ferror(stdin) || code == DP_E_ARGUMENT;
}

/* Sends what is left, and keeps what cannot be sent. */
static void finish(struct run *run)
{
    dp_reports *left = NULL;
    dp_error *error = NULL;

    if (dp_producer_close(run->producer, CLOSE_MS, &left, &error) != DP_OK)
        fprintf(stderr, "%s\n", dp_error_message(error));
    collect(run);
    tell(run, left);
    dp_error_free(error);
    fprintf(stderr, "%ld lines: %ld stored, %ld failed\n", run->lines,
            run->stored, run->failed);
    if (run->duplicates > 0)
        fprintf(stderr, "%ld of the stored may be there twice\n",
                run->duplicates);
}

static dp_producer *make_producer(dp_error **error)
{
    dp_producer *producer = NULL;
    dp_config *config = dp_config_new();

    if (dp_config_load(config, NULL, error) == DP_OK)
        producer = dp_producer_new(config, error);
    dp_config_free(config);
    return producer;
}

int main(int argc, char **argv)
{
    struct run run;
    dp_error *error = NULL;
    int failed = 0;

    if (argc < 2 || argc > 3) {
        fprintf(stderr, "usage: %s DATA_CLASS_ID [FILE] <objects.ndjson\n",
                argv[0]);
        return EXIT_FAILURE;
    }
    memset(&run, 0, sizeof run);
    run.target = argv[1];
    run.path = argc == 3 ? argv[2] : NULL;
    if (run.path && !(run.unsent = fopen(run.path, "ab"))) {
        perror(run.path);
        return EXIT_FAILURE;
    }
    run.producer = make_producer(&error);
    if (run.producer) {
        failed = send_input(&run);
        finish(&run);
    } else {
        fprintf(stderr, "%s\n", dp_error_message(error));
        failed = 1;
    }
    dp_error_free(error);
    dp_producer_free(run.producer);
    if (run.unsent && fclose(run.unsent) != 0) {
        perror(run.path);
        failed = 1;
    }
    return failed || run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
