/* SPDX-License-Identifier: Apache-2.0
 *
 * Every line of the four sample files, submitted and read back from the
 * emulator by its id, is the same byte for byte.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SAMPLES
#error "SAMPLES must be the folder of the sample files"
#endif

#define LINES_MAX 1000

static char *lines[LINES_MAX];

/* Reads a file; returns how many lines it has. `lines` point into `text`. */
static size_t read_lines(const char *name, char **text)
{
    char path[4096];
    size_t count = 0;
    long length = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", SAMPLES, name);
    file = fopen(path, "rb");
    REQUIRE(file != NULL);
    REQUIRE(fseek(file, 0, SEEK_END) == 0);
    length = ftell(file);
    REQUIRE(length > 0);
    rewind(file);
    *text = (char *)malloc((size_t)length + 1);
    REQUIRE(*text != NULL);
    REQUIRE(fread(*text, 1, (size_t)length, file) == (size_t)length);
    (*text)[length] = '\0';
    fclose(file);
    for (char *line = *text; *line; count++) {
        char *end = strchr(line, '\n');
        REQUIRE(end != NULL && count < LINES_MAX);
        *end = '\0';
        lines[count] = line;
        line = end + 1;
    }
    return count;
}

/* The emulator's answer ends in `"data":<the object as it was sent>}`. */
static void is_stored(const char *id, const char *line)
{
    char path[512];
    long status = 0;
    char *reply;
    char *data;

    snprintf(path, sizeof path, "/v1/%s/workspaces/%s/soc/datapanel/%s"
             "/data-objects/%s", getenv("DATAPANEL_PROJECT_ID"),
             getenv("DATAPANEL_WORKSPACE_ID"), ALERT, id);
    reply = check_call("GET", path, NULL, &status);
    CHECK_INT(status, 200);
    data = strstr(reply, "\"data\":");
    if (CHECK(data != NULL) && CHECK(reply[strlen(reply) - 1] == '}')) {
        reply[strlen(reply) - 1] = '\0';
        CHECK_TEXT(data + strlen("\"data\":"), line);
    }
    free(reply);
}

static void round_trip(const char *name, size_t wanted)
{
    dp_client *client = check_client();
    dp_request *request = dp_request_new();
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    char *text = NULL;
    size_t count = read_lines(name, &text);

    check_row(name);
    CHECK_INT(count, wanted);
    for (size_t i = 0; i < count; i++)
        CHECK_CODE(dp_request_add(request, lines[i], strlen(lines[i]), NULL),
                   DP_OK);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 0, &reports, &error),
               DP_OK);
    CHECK_TEXT(dp_error_message(error), "");
    REQUIRE(dp_reports_count(reports) == count);
    for (size_t i = 0; i < count; i++)
        is_stored(dp_reports_at(reports, i)->id, lines[i]);
    check_row(NULL);
    dp_error_free(error);
    dp_reports_free(reports);
    dp_request_free(request);
    dp_client_free(client);
    free(text);
}

int main(void)
{
    round_trip("alerts.ndjson", 200);
    round_trip("incidents.ndjson", 60);
    round_trip("indicators.ndjson", 200);
    round_trip("edge-cases.ndjson", 12);
    CHECK_INT(check_stat("objects"), 472);
    return check_result();
}
