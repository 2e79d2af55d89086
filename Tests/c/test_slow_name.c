/* SPDX-License-Identifier: Apache-2.0
 *
 * A name service that does not answer holds a call for no longer than its
 * time. libcurl asks it through getaddrinfo, of which this program has its
 * own.
 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <dirent.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int answers;

/* Silent until main lets it answer, or for 20 seconds. */
int getaddrinfo(const char *name, const char *service,
                const struct addrinfo *hints, struct addrinfo **found)
{
    struct timespec end;

    (void)name, (void)service, (void)hints, (void)found;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 20;
    pthread_mutex_lock(&lock);
    while (!answers && pthread_cond_timedwait(&changed, &lock, &end) == 0)
        ;
    pthread_mutex_unlock(&lock);
    return EAI_AGAIN;
}

static int thread_count(void)
{
    DIR *tasks = opendir("/proc/self/task");
    int count = 0;

    REQUIRE(tasks != NULL);
    while (readdir(tasks) != NULL)
        count++;
    closedir(tasks);
    return count - 2; /* "." and ".." */
}

int main(void)
{
    dp_client *client = check_client_with("endpoint", "http://slow.example");
    dp_request *request = check_request(1);
    dp_error *error = NULL;
    double begun = check_now();

    CHECK_CODE(dp_client_submit(client, ALERT, request, 500, NULL, &error),
               DP_E_RESOLVE);
    CHECK(check_now() - begun < 10);
    CHECK_TEXT(check_field(error, "stored"), "no");
    CHECK_TEXT(check_field(error, "attempts"), "1");
    dp_error_free(error);
    dp_request_free(request);
    dp_client_free(client);

    pthread_mutex_lock(&lock);
    answers = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    begun = check_now();
    while (thread_count() > 1 && check_now() - begun < 10)
        sched_yield();
    CHECK_INT(thread_count(), 1);
    return check_result();
}
