/* SPDX-License-Identifier: Apache-2.0
 *
 * A producer has one thread, which takes no signal of the program's and
 * raises none, and which ends with it. The program's own signals are as they
 * were.
 */
#define _POSIX_C_SOURCE 200809L
#include "produce.h"
#include "wire.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How many threads the program has, of that name or, for NULL, at all. */
static int threads(const char *name)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    REQUIRE(tasks != NULL);
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        char path[300];
        char found[32] = "";
        FILE *file;

        snprintf(path, sizeof path, "/proc/self/task/%.200s/comm",
                 entry->d_name);
        file = entry->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (!file)
            continue;
        if (fgets(found, sizeof found, file))
            found[strcspn(found, "\n")] = '\0';
        fclose(file);
        count += !name || strcmp(found, name) == 0;
    }
    closedir(tasks);
    return count;
}

static void it_has_one_thread(void)
{
    int before = threads(NULL);
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    dp_client *client;

    check_fault(NULL);
    produce_many(producer, 0, 500);
    gather(&gathered, producer, 500);
    CHECK_INT(threads(NULL), before + 1);
    CHECK_INT(threads("datapanel"), 1);
    client = check_client();
    CHECK_INT(threads(NULL), before + 1);
    dp_client_free(client);
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    WAIT_FOR(threads(NULL) == before);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

/* Signals to the program stay pending while its own threads block them; one
 * that another thread would take ended the program here. */
static void it_takes_no_signal(void)
{
    static const int signals[] = {
        SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM, SIGPIPE,
        SIGCHLD, SIGURG, SIGVTALRM, SIGPROF,
    };
    size_t count = sizeof signals / sizeof signals[0];
    dp_producer *producer = produce_with(NULL);
    struct gathered gathered = { 0 };
    struct timespec now = { 0, 0 };
    sigset_t set;
    sigset_t pending;

    check_fault(NULL);
    produce_many(producer, 0, 1);
    gather(&gathered, producer, 1);
    REQUIRE(sigemptyset(&set) == 0);
    for (size_t i = 0; i < count; i++)
        REQUIRE(sigaddset(&set, signals[i]) == 0);
    REQUIRE(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    for (size_t i = 0; i < count; i++)
        REQUIRE(kill(getpid(), signals[i]) == 0);
    produce_many(producer, 1, 1);
    gather(&gathered, producer, 2);
    REQUIRE(sigpending(&pending) == 0);
    for (size_t i = 0; i < count; i++)
        CHECK_INT(sigismember(&pending, signals[i]), 1);
    for (size_t i = 0; i < count; i++)
        CHECK(sigtimedwait(&set, NULL, &now) > 0);
    REQUIRE(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
    gathered_free(&gathered);
    dp_producer_free(producer);
}

/* Uploads 11 MB into connections that are cut off, again and again. */
static void a_broken_pipe_ends_nothing(void)
{
    static const struct wire_step steps[] = {
        { NULL, WIRE_RESET, 65536 },
        { NULL, WIRE_CLOSE, 65536 },
        { NULL, WIRE_RESET, 1 },
    };
    struct wire *wire = wire_start(steps, sizeof steps / sizeof steps[0]);
    dp_producer *producer = PRODUCER("endpoint", wire_url(wire));
    char *json = check_big_object(11000000);

    produce_one(producer, json);
    WAIT_FOR(wire_requests(wire) >= 6);
    CHECK_INT(produce_queued(producer), 1);
    dp_producer_free(producer);
    wire_stop(wire);
    free(json);
}

static void the_program_is_untouched(void)
{
    struct sigaction action;
    sigset_t set;

    REQUIRE(pthread_sigmask(SIG_BLOCK, NULL, &set) == 0);
    for (int signal = 1; signal < 32; signal++) {
        if (signal == SIGKILL || signal == SIGSTOP)
            continue;
        REQUIRE(sigaction(signal, NULL, &action) == 0);
        CHECK(action.sa_handler == SIG_DFL);
        CHECK_INT(sigismember(&set, signal), 0);
    }
}

int main(void)
{
    struct sigaction standard;
    sigset_t all;

    /* A parent may have handed down other settings. */
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    for (int signal = 1; signal < 32; signal++)
        if (signal != SIGKILL && signal != SIGSTOP)
            REQUIRE(sigaction(signal, &standard, NULL) == 0);
    REQUIRE(sigfillset(&all) == 0);
    REQUIRE(pthread_sigmask(SIG_UNBLOCK, &all, NULL) == 0);
    it_has_one_thread();
    it_takes_no_signal();
    a_broken_pipe_ends_nothing();
    the_program_is_untouched();
    return check_result();
}
