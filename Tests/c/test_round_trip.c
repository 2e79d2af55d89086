/* SPDX-License-Identifier: Apache-2.0
 *
 * Every line of the four sample files, submitted and read back from the
 * emulator by its id, is the same byte for byte.
 */
#include "check.h"
#include "samples.h"

#include <stdlib.h>
#include <string.h>

static char *lines[SAMPLE_LINES_MAX];

static void round_trip(const char *name, size_t wanted)
{
    dp_client *client = check_client();
    dp_request *request = dp_request_new();
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    char *text = NULL;
    size_t count = samples_read(name, &text, lines);

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
        samples_stored(ALERT, dp_reports_at(reports, i)->id, lines[i]);
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
