/* SPDX-License-Identifier: Apache-2.0
 *
 * In a child made by fork an inherited producer answers DP_E_FORKED and can
 * be freed; the parent delivers everything once, whatever was under way.
 */
#define _POSIX_C_SOURCE 200809L
#include "produce.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child does. Its failures are printed, and end in its status. */
static int child(dp_producer *inherited)
{
    double begun = check_now();
    dp_reports *reports = NULL;
    dp_error *error = NULL;
    dp_producer *own;
    struct gathered gathered = { 0 };
    size_t count = 7;

    CHECK_CODE(dp_producer_send(inherited, ALERT, "{}", 2, NULL, 10000, NULL,
                                &error), DP_E_FORKED);
    CHECK_CODE(dp_error_code(error), DP_E_FORKED);
    dp_error_free(error);
    CHECK_CODE(dp_producer_send_many(inherited, ALERT, "{}", 2, NULL, 10000,
                                     NULL, &count, NULL), DP_E_FORKED);
    CHECK_INT(count, 0);
    CHECK_CODE(dp_producer_poll(inherited, 10000, 0, &reports), DP_E_FORKED);
    CHECK(reports == NULL);
    CHECK_CODE(dp_producer_flush(inherited, 10000, NULL), DP_E_FORKED);
    CHECK_CODE(dp_producer_set(inherited, "auth.token", "x", NULL),
               DP_E_FORKED);
    CHECK_CODE(dp_producer_queued(inherited, NULL, NULL), DP_E_FORKED);
    CHECK_CODE(dp_producer_pause(inherited, NULL, 1), DP_E_FORKED);
    CHECK_CODE(dp_producer_purge(inherited, NULL, NULL), DP_E_FORKED);
    CHECK(dp_producer_stats(inherited, NULL) == NULL);
    CHECK_CODE(dp_producer_close(inherited, 10000, &reports, NULL),
               DP_E_FORKED);
    CHECK(reports == NULL);
    dp_producer_free(inherited);
    CHECK(check_now() - begun < 5);

    own = produce_with(NULL);
    produce_one(own, "{\"child\":1}");
    gather(&gathered, own, 1);
    CHECK_INT(gathered_code(&gathered, DP_OK), 1);
    CHECK_CODE(dp_producer_close(own, 0, NULL, NULL), DP_OK);
    gathered_free(&gathered);
    dp_producer_free(own);
    return check_result();
}

static void run_child(dp_producer *inherited)
{
    pid_t pid = fork();
    int status = 0;

    REQUIRE(pid >= 0);
    if (pid == 0) {
        /* The one line that the program prints is the parent's. */
        REQUIRE(freopen("/dev/null", "w", stdout) != NULL);
        /* Ends by exec: what the child leaves behind is the parent's, and no
         * memory checker shall count it. */
        execlp(child(inherited) == EXIT_SUCCESS ? "true" : "false", "child",
               (char *)NULL);
        _exit(EXIT_FAILURE);
    }
    REQUIRE(waitpid(pid, &status, 0) == pid);
    CHECK(WIFEXITED(status));
    CHECK_INT(WEXITSTATUS(status), EXIT_SUCCESS);
}

static void while_idle(void)
{
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };

    check_row("idle");
    check_fault(NULL);
    run_child(producer);
    produce_many(producer, 0, 5);
    gather(&gathered, producer, 5);
    /* With a connection open, and again. */
    run_child(producer);
    produce_many(producer, 5, 5);
    gather(&gathered, producer, 10);
    CHECK_INT(gathered_code(&gathered, DP_OK), 10);
    CHECK_INT(check_stat("objects"), 12);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void while_objects_wait(void)
{
    dp_producer *producer = PRODUCER("linger", "60s");
    struct gathered gathered = { 0 };

    check_row("queued");
    check_fault(NULL);
    produce_many(producer, 0, 5);
    run_child(producer);
    CHECK_INT(check_stat("objects"), 1);
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    gather(&gathered, producer, 5);
    CHECK_INT(gathered_code(&gathered, DP_OK), 5);
    CHECK_INT(check_stat("objects"), 6);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

static void while_requests_are_under_way(void)
{
    struct service_gate gate = SERVICE_GATE;
    struct service *service = service_start(service_gated, &gate);
    dp_producer *producer = PRODUCER("endpoint", service_url(service),
                                     "batch.objects", "2");
    struct gathered gathered = { 0 };

    check_row("in flight");
    check_fault(NULL);
    produce_many(producer, 0, 8);
    WAIT_FOR(service_requests(service) == 4);
    run_child(producer);
    service_open(&gate);
    gather(&gathered, producer, 8);
    CHECK_INT(gathered_code(&gathered, DP_OK), 8);
    for (size_t i = 0; i < gathered.count; i++)
        CHECK_INT(gathered.reports[i]->flags, 0);
    CHECK_INT(service_stored(service, NULL), 8);
    CHECK_INT(service_requests(service), 4);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

int main(void)
{
    for (int i = 0; i < 5; i++) {
        while_idle();
        while_objects_wait();
        while_requests_are_under_way();
    }
    check_row(NULL);
    return check_result();
}
