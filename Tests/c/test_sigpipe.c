/* SPDX-License-Identifier: Apache-2.0
 *
 * With SIGPIPE at its default, a connection that is reset during an upload
 * does not end the program; and a call leaves the signal mask and the pending
 * signals as they were.
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "wire.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct wire_step steps[] = {
    { NULL, WIRE_RESET, 65536 },
    { NULL, WIRE_CLOSE, 65536 },
    { NULL, WIRE_RESET, 1 },
};

static int is_member(int signal, int pending)
{
    sigset_t set;

    if (pending)
        REQUIRE(sigpending(&set) == 0);
    else
        REQUIRE(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
    return sigismember(&set, signal);
}

/* Uploads 11 MB into connections that are cut off, again and again. */
static void upload(void)
{
    struct wire *wire = wire_start(steps, sizeof steps / sizeof steps[0]);
    dp_client *client = check_client_with("endpoint", wire_url(wire));
    dp_request *request = dp_request_new();
    char *json = check_big_object(11000000);
    int blocked = is_member(SIGPIPE, 0);
    int pending = is_member(SIGPIPE, 1);

    CHECK_CODE(dp_request_add(request, json, 11000000, NULL), DP_OK);
    for (int i = 0; i < 5; i++) {
        CHECK(dp_client_submit(client, ALERT, request, 1000, NULL, NULL)
              != DP_OK);
        CHECK_INT(is_member(SIGPIPE, 0), blocked);
        CHECK_INT(is_member(SIGPIPE, 1), pending);
    }
    CHECK(wire_requests(wire) >= 5);
    dp_request_free(request);
    dp_client_free(client);
    wire_stop(wire);
    free(json);
}

static void handlers_are_untouched(void)
{
    struct sigaction action;

    for (int signal = 1; signal < 32; signal++) {
        if (signal == SIGKILL || signal == SIGSTOP)
            continue;
        REQUIRE(sigaction(signal, NULL, &action) == 0);
        CHECK(action.sa_handler == SIG_DFL);
    }
}

static void block(int how)
{
    sigset_t set;

    REQUIRE(sigemptyset(&set) == 0 && sigaddset(&set, SIGPIPE) == 0);
    REQUIRE(pthread_sigmask(how, &set, NULL) == 0);
}

/* The caller has a SIGPIPE of its own waiting; it stays. */
static void a_pending_signal_stays(void)
{
    struct timespec now = { 0, 0 };
    sigset_t set;

    block(SIG_BLOCK);
    upload();
    REQUIRE(pthread_kill(pthread_self(), SIGPIPE) == 0);
    CHECK_INT(is_member(SIGPIPE, 1), 1);
    upload();
    CHECK_INT(is_member(SIGPIPE, 1), 1);
    REQUIRE(sigemptyset(&set) == 0 && sigaddset(&set, SIGPIPE) == 0);
    CHECK_INT(sigtimedwait(&set, NULL, &now), SIGPIPE);
    CHECK_INT(is_member(SIGPIPE, 1), 0);
    block(SIG_UNBLOCK);
}

int main(void)
{
    struct sigaction ignore;

    /* A parent may have handed down other settings. */
    memset(&ignore, 0, sizeof ignore);
    for (int signal = 1; signal < 32; signal++) {
        ignore.sa_handler = SIG_DFL;
        if (signal != SIGKILL && signal != SIGSTOP)
            REQUIRE(sigaction(signal, &ignore, NULL) == 0);
    }
    block(SIG_UNBLOCK);
    upload();
    handlers_are_untouched();
    a_pending_signal_stays();
    return check_result();
}
