/* SPDX-License-Identifier: Apache-2.0
 *
 * In a child made by fork an inherited client answers DP_E_FORKED and can be
 * freed without disturbing the parent, which goes on over its connection.
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct wire_step step = { WIRE_STORED_ONE, WIRE_KEEP, 0 };

static void submit(dp_client *client, dp_code code)
{
    dp_request *request = check_request(1);
    dp_reports *reports = NULL;
    dp_error *error = NULL;

    CHECK_CODE(dp_client_submit(client, ALERT, request, 10000, &reports,
                                &error), code);
    CHECK_CODE(dp_error_code(error), code);
    CHECK_INT(dp_reports_count(reports), code == DP_OK);
    dp_reports_free(reports);
    dp_error_free(error);
    dp_request_free(request);
}

/* What the child does. Its failures are printed, and end in its status. */
static int child(dp_client *inherited, dp_config *config)
{
    dp_client *own;
    double begun = check_now();

    submit(inherited, DP_E_FORKED);
    CHECK_CODE(dp_client_set(inherited, "auth.token", "x", NULL), DP_E_FORKED);
    dp_client_free(inherited);
    CHECK(check_now() - begun < 5);

    own = dp_client_new(config, NULL);
    REQUIRE(own != NULL);
    submit(own, DP_OK);
    dp_client_free(own);
    dp_config_free(config);
    return check_result();
}

static void fork_and_go_on(int idle)
{
    struct wire *wire = wire_start(&step, 1);
    dp_config *config = check_config();
    dp_client *client;
    pid_t pid;
    int status = 0;

    check_row(idle ? "client with a connection" : "client without");
    CHECK_CODE(dp_config_set(config, "endpoint", wire_url(wire), NULL), DP_OK);
    client = dp_client_new(config, NULL);
    REQUIRE(client != NULL);
    if (idle)
        submit(client, DP_OK);
    pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        /* The one line that the program prints is the parent's. */
        REQUIRE(freopen("/dev/null", "w", stdout) != NULL);
        /* Ends by exec: what the child leaves behind is the parent's, and no
         * memory checker shall count it. */
        execlp(child(client, config) == EXIT_SUCCESS ? "true" : "false",
               "child", (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), EXIT_SUCCESS);
    submit(client, DP_OK);
    submit(client, DP_OK);
    if (idle) {
        /* The parent on 0, the child on 1, the parent still on 0. */
        CHECK_INT(wire_requests(wire), 4);
        CHECK_INT(wire_connection(wire, 0), 0);
        CHECK_INT(wire_connection(wire, 1), 1);
        CHECK_INT(wire_connection(wire, 2), 0);
        CHECK_INT(wire_connection(wire, 3), 0);
    } else {
        CHECK_INT(wire_requests(wire), 3);
    }
    dp_client_free(client);
    dp_config_free(config);
    wire_stop(wire);
    check_row(NULL);
}

int main(void)
{
    fork_and_go_on(0);
    for (int i = 0; i < 10; i++)
        fork_and_go_on(1);
    return check_result();
}
