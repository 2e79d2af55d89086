/* SPDX-License-Identifier: Apache-2.0
 *
 * send_batch submits a file of JSON objects, one a line, in requests of at
 * most COUNT objects (100 unless told otherwise). It prints `line id event_id`
 * for each object that was stored.
 *
 * Nothing is lost: a line that failed is named on standard error and its text
 * is appended to FILE.unsent, when the service does not hold it, or to
 * FILE.unconfirmed, when nobody can tell. Send the first again as it is; look
 * up the second at the service before you do.
 *
 * Usage: send_batch DATA_CLASS_ID FILE [COUNT]
 * Settings come from the environment; README.md lists them.
 */
#define _POSIX_C_SOURCE 200809L /* getline */
#include <datapanel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A run over one file: what the functions below share. */
struct run {
    dp_client *client;
    const char *target;
    const char *path;
    dp_request *request;
    size_t objects_max; /* of one request */
    long *lines;        /* the line number of each object of the request */
    long stored;        /* how many objects are stored */
    long failed;        /* how many are not, or may not be */
    long stopped_at;    /* the first line that was left alone; 0: none was */
};

/* Tells about one failed line and keeps its text. */
static void keep(struct run *run, long line, dp_code code, dp_stored stored,
                 const char *message, const void *text, size_t length)
{
    const char *suffix = stored == DP_STORED_NO ? "unsent" : "unconfirmed";
    char name[4096];
    FILE *file = NULL;
    int written = 0;

    run->failed++;
    fprintf(stderr, "line %ld: %s, %s: %s\n", line, dp_code_name(code), suffix,
            message ? message : "");
    if (snprintf(name, sizeof name, "%s.%s", run->path, suffix)
        < (int)sizeof name)
        file = fopen(name, "ab");
    if (file) {
        written = fwrite(text, 1, length, file) == length
                  && fputc('\n', file) != EOF;
        written = fclose(file) == 0 && written;
    }
    if (!written) {
        fprintf(stderr, "line %ld could not be kept in a file; it is: ", line);
        fwrite(text, 1, length, stderr);
        fputc('\n', stderr);
    }
}

/* Whether a failure is about these objects, so that others may still pass. */
static int concerns_objects_only(dp_code code)
{
    return code == DP_E_REJECTED || code == DP_E_TOO_LARGE
           || code == DP_E_REPLY_ITEM;
}

/* Submits the lines gathered so far and starts the next request. */
static void submit(struct run *run)
{
    size_t count = dp_request_count(run->request);
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    dp_code code;

    if (count == 0)
        return;
    code = dp_client_submit(run->client, run->target, run->request, 0,
                            &reports, &error);
    for (size_t i = 0; i < dp_reports_count(reports); i++) {
        const dp_report *report = dp_reports_at(reports, i);
        if (report->code == DP_OK) {
            run->stored++;
            printf("%ld %s %s\n", run->lines[i], report->id,
                   report->event_id ? report->event_id : "-");
        } else {
            keep(run, run->lines[i], report->code, report->stored,
                 report->message, report->payload, report->payload_len);
        }
    }
    if (code != DP_OK && !concerns_objects_only(code)) {
        /* Without reports nothing was attempted, not even the first line. */
        run->stopped_at = run->lines[reports ? count - 1 : 0]
                          + (reports ? 1 : 0);
        fprintf(stderr, "%s: %s\n", dp_code_name(code),
                dp_error_message(error));
    }
    dp_reports_free(reports);
    dp_error_free(error);
    dp_request_free(run->request);
    run->request = dp_request_new();
}

/* Adds one line to the request; a full request is submitted first. */
static void add(struct run *run, long line, const char *text, size_t length)
{
    dp_error *error = NULL;
    dp_code code;

    if (dp_request_count(run->request) == run->objects_max)
        submit(run);
    if (run->stopped_at)
        return;
    code = dp_request_add(run->request, text, length, &error);
    if (code == DP_E_TOO_LARGE && dp_request_count(run->request) > 0) {
        /* It may be the company that is too large, not the line itself. */
        dp_error_free(error);
        error = NULL;
        submit(run);
        if (run->stopped_at)
            return;
        code = dp_request_add(run->request, text, length, &error);
    }
    if (code == DP_OK)
        run->lines[dp_request_count(run->request) - 1] = line;
    else
        keep(run, line, code, DP_STORED_NO, dp_error_message(error), text,
             length);
    dp_error_free(error);
}

/* Sends every line that is not blank. Returns 0 when the file was read. */
static int send_file(struct run *run)
{
    FILE *file = fopen(run->path, "rb");
    char *text = NULL;
    size_t capacity = 0;
    ssize_t length;
    int failed = 0;

    if (!file) {
        perror(run->path);
        return 1;
    }
    for (long line = 1; !run->stopped_at; line++) {
        length = getline(&text, &capacity, file);
        if (length < 0) {
            failed = !feof(file);
            break;
        }
        if (text[length - 1] == '\n')
            text[--length] = '\0';
        if (strspn(text, " \t\r") < (size_t)length)
            add(run, line, text, (size_t)length);
    }
    if (failed)
        perror(run->path);
    free(text);
    fclose(file);
    submit(run);
    if (run->stopped_at)
        fprintf(stderr, "stopped: nothing from line %ld on was sent; "
                "go on with: tail -n +%ld %s > REST\n",
                run->stopped_at, run->stopped_at, run->path);
    return failed;
}

int main(int argc, char **argv)
{
    struct run run;
    dp_error *error = NULL;
    dp_config *config = NULL;
    char *end = NULL;
    long count = argc == 4 ? strtol(argv[3], &end, 10) : 100;
    int failed = 1;

    if (argc < 3 || argc > 4 || (end && *end) || count < 1 || count > 100000) {
        fprintf(stderr, "usage: %s DATA_CLASS_ID FILE [COUNT]\n", argv[0]);
        return EXIT_FAILURE;
    }
    memset(&run, 0, sizeof run);
    config = dp_config_new();
    run.target = argv[1];
    run.path = argv[2];
    run.objects_max = (size_t)count;
    run.lines = (long *)calloc(run.objects_max, sizeof *run.lines);
    run.request = dp_request_new();
    if (dp_config_load(config, NULL, &error) == DP_OK)
        run.client = dp_client_new(config, &error);

    if (!run.client) {
        fprintf(stderr, "%s\n", dp_error_message(error));
    } else if (!run.lines || !run.request) {
        fprintf(stderr, "memory ran out\n");
    } else {
        failed = send_file(&run);
        fprintf(stderr, "%ld stored, %ld failed\n", run.stored, run.failed);
        if (fflush(stdout) != 0 || ferror(stdout)) {
            perror("standard output");
            failed = 1;
        }
    }
    dp_request_free(run.request);
    dp_client_free(run.client);
    dp_config_free(config);
    dp_error_free(error);
    free(run.lines);
    return failed || run.failed || run.stopped_at ? EXIT_FAILURE
                                                  : EXIT_SUCCESS;
}
