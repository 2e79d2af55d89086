/* SPDX-License-Identifier: Apache-2.0
 *
 * A connection that is reused and dies after it took the whole second request
 * leaves exactly one copy of that at the server, and the caller learns that it
 * may be stored. libcurl by itself would send it again, unseen.
 */
#include "check.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t sizes[] = {
    8, 100, 1000, 16384, 65536, 200000, 1048576, 8388608,
};
#define SIZES (sizeof sizes / sizeof sizes[0])

/* Submits an object of `bytes` bytes. */
static void submit(dp_client *client, size_t bytes, dp_code code,
                   const char *stored)
{
    char *json = check_big_object(bytes);
    dp_request *request = dp_request_new();
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    CHECK_CODE(dp_request_add(request, json, bytes, NULL), DP_OK);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 20000, &reports,
                                &error), code);
    CHECK_TEXT(check_field(error, "stored"), stored);
    REQUIRE(dp_reports_count(reports) == 1);
    CHECK_CODE(dp_reports_at(reports, 0)->code, code);
    CHECK_INT(dp_reports_at(reports, 0)->attempts, 1);
    if (code != DP_OK) {
        CHECK_INT(dp_reports_at(reports, 0)->stored, DP_STORED_MAYBE);
        CHECK_INT(dp_reports_at(reports, 0)->payload_len, bytes);
    }
    dp_reports_free(reports);
    dp_error_free(error);
    dp_request_free(request);
    free(json);
}

/* The emulator stores the object and drops the connection. */
static void one_copy_is_stored(const char *how)
{
    char fault[128];

    snprintf(fault, sizeof fault,
             "{\"skip\":1,\"drop\":\"stored\",\"how\":\"%s\"}", how);
    for (size_t i = 0; i < SIZES; i++) {
        dp_client *client = check_client();
        char row[64];

        snprintf(row, sizeof row, "%s, %lu bytes", how,
                 (unsigned long)sizes[i]);
        check_row(row);
        check_fault(fault);
        submit(client, 8, DP_OK, "");
        submit(client, sizes[i], DP_E_NO_REPLY, "maybe");
        CHECK_INT(check_stat("connections"), 1);
        CHECK_INT(check_stat("requests"), 2);
        CHECK_INT(check_stat("objects"), 2);
        /* The client recovers: the next call has a new connection. */
        submit(client, 8, DP_OK, "");
        CHECK_INT(check_stat("connections"), 2);
        CHECK_INT(check_stat("objects"), 3);
        check_row(NULL);
        dp_client_free(client);
    }
}

/* The same, with every request on the wire counted. */
static void one_copy_is_sent(enum wire_end end)
{
    struct wire_step steps[] = {
        { WIRE_STORED_ONE, WIRE_KEEP, 0 },
        { NULL, WIRE_CLOSE, 0 },
        { WIRE_STORED_ONE, WIRE_KEEP, 0 },
    };

    steps[1].end = end;
    for (size_t i = 0; i < SIZES; i++) {
        struct wire *wire = wire_start(steps, 3);
        dp_client *client = check_client_with("endpoint", wire_url(wire));

        submit(client, 8, DP_OK, "");
        submit(client, sizes[i], DP_E_NO_REPLY, "maybe");
        CHECK_INT(wire_requests(wire), 2);
        CHECK_INT(wire_connection(wire, 0), 0);
        CHECK_INT(wire_connection(wire, 1), 0);
        submit(client, 8, DP_OK, "");
        CHECK_INT(wire_requests(wire), 3);
        CHECK(wire_connection(wire, 2) > 0);
        dp_client_free(client);
        wire_stop(wire);
    }
}

/* A connection that the server closed while it was idle does no harm. */
static void an_idle_end_is_not_noticed(void)
{
    static const struct wire_step steps[] = {
        { WIRE_STORED_ONE, WIRE_CLOSE, 0 },
        { WIRE_STORED_ONE, WIRE_KEEP, 0 },
    };
    struct wire *wire = wire_start(steps, 2);
    dp_client *client = check_client_with("endpoint", wire_url(wire));

    submit(client, 8, DP_OK, "");
    CHECK(wire_wait_for_ends(wire, 1));
    submit(client, 8, DP_OK, "");
    CHECK_INT(wire_requests(wire), 2);
    CHECK_INT(wire_connection(wire, 1), 1);
    dp_client_free(client);
    wire_stop(wire);
}

int main(void)
{
    one_copy_is_stored("close");
    one_copy_is_stored("reset");
    one_copy_is_sent(WIRE_CLOSE);
    one_copy_is_sent(WIRE_RESET);
    an_idle_end_is_not_noticed();
    return check_result();
}
