/* SPDX-License-Identifier: Apache-2.0 */
#include "samples.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SAMPLES
#error "SAMPLES must be the folder of the sample files"
#endif

size_t samples_read(const char *name, char **text,
                    char *lines[SAMPLE_LINES_MAX])
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
        REQUIRE(end != NULL && count < SAMPLE_LINES_MAX);
        *end = '\0';
        lines[count] = line;
        line = end + 1;
    }
    return count;
}

/* The emulator's answer ends in `"data":<the object as it was sent>}`. */
void samples_stored(const char *data_class, const char *id, const char *line)
{
    char path[512];
    long status = 0;
    char *reply;
    char *data;

    snprintf(path, sizeof path, "/v1/%s/workspaces/%s/soc/datapanel/%s"
             "/data-objects/%s", getenv("DATAPANEL_PROJECT_ID"),
             getenv("DATAPANEL_WORKSPACE_ID"), data_class, id);
    reply = check_call("GET", path, NULL, &status);
    CHECK_INT(status, 200);
    data = strstr(reply, "\"data\":");
    if (CHECK(data != NULL) && CHECK(reply[strlen(reply) - 1] == '}')) {
        reply[strlen(reply) - 1] = '\0';
        CHECK_TEXT(data + strlen("\"data\":"), line);
    }
    free(reply);
}
