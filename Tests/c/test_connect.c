/* SPDX-License-Identifier: Apache-2.0
 *
 * Where no connection comes about nothing is stored; the call tries again
 * until its time is over, and not longer.
 */
#include "check.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A socket that is bound and does not listen, so that its port is refused and
 * nobody else gets it. */
static int refusing(char *url, size_t size)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int bound = socket(AF_INET, SOCK_STREAM, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bound >= 0);
    REQUIRE(bind(bound, (struct sockaddr *)&address, length) == 0);
    REQUIRE(getsockname(bound, (struct sockaddr *)&address, &length) == 0);
    snprintf(url, size, "http://127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    return bound;
}

/* Fails with `code`; `pause`, unless NULL, is how long the pauses between
 * attempts can be, and `attempts` how many there are at the least. */
static void fails(const char *url, int32_t timeout_ms, const char *pause,
                  int attempts, dp_code code)
{
    dp_client *client = check_client_with("endpoint", url);
    dp_request *request = check_request(2);
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    const dp_report *report;
    double begun = check_now();

    check_row(url);
    if (pause) {
        CHECK_CODE(dp_client_set(client, "backoff.cap", pause, NULL), DP_OK);
        CHECK_CODE(dp_client_set(client, "backoff.base", pause, NULL), DP_OK);
    }
    CHECK_CODE(dp_client_submit(client, ALERT, request, timeout_ms, &reports,
                                &error), code);
    CHECK(check_now() - begun < 15);
    CHECK_TEXT(check_field(error, "stored"), "no");
    CHECK(dp_error_field(error, "http_status") == NULL);
    CHECK(strlen(check_field(error, "curl")) > 0);
    CHECK_HAS(dp_error_message(error), strstr(url, "://") + 3);
    CHECK(atoi(check_field(error, "attempts")) >= attempts);
    REQUIRE(dp_reports_count(reports) == 2);
    report = dp_reports_at(reports, 1);
    CHECK_CODE(report->code, code);
    CHECK_INT(report->stored, DP_STORED_NO);
    CHECK_INT(report->http_status, 0);
    CHECK_INT(report->attempts, atoi(check_field(error, "attempts")));
    CHECK(report->request_id == NULL && report->server_code == NULL);
    CHECK_INT(report->payload_len, 7);
    check_row(NULL);
    dp_reports_free(reports);
    dp_error_free(error);
    dp_request_free(request);
    dp_client_free(client);
}

int main(void)
{
    char url[128];
    char label[65];
    int bound = refusing(url, sizeof url);
    const char *emulator = getenv("DATAPANEL_ENDPOINT");

    fails(url, 1000, NULL, 2, DP_E_CONNECT);
    close(bound);

    /* A label of 64 letters cannot be a name, so no name server is asked. */
    memset(label, 'a', 64);
    label[64] = '\0';
    snprintf(url, sizeof url, "http://%s.invalid", label);
    fails(url, 1000, NULL, 2, DP_E_RESOLVE);

    /* The emulator speaks no TLS. Getting ready for it takes a while under a
     * memory checker, and a last attempt that is cut short may not come so
     * far: hence the time, and pauses that leave none for it. */
    REQUIRE(emulator && strncmp(emulator, "http:", 5) == 0);
    snprintf(url, sizeof url, "https:%s", emulator + 5);
    fails(url, 10000, "60s", 1, DP_E_TLS);
    return check_result();
}
