/* SPDX-License-Identifier: Apache-2.0
 *
 * Any number of threads use one client at once, also with the same request,
 * and each gets the ids of its own objects.
 */
#include "check.h"

#include <pthread.h>
#include <string.h>

#define THREADS 16
#define ROUNDS 20
#define OBJECTS 5

struct work {
    dp_client *client;
    const dp_request *shared; /* NULL: each round makes its own */
    char first_id[64];
};

static void *run(void *context)
{
    struct work *work = (struct work *)context;

    for (int round = 0; round < ROUNDS; round++) {
        dp_request *own = work->shared ? NULL : check_request(OBJECTS);
        const dp_request *request = work->shared ? work->shared : own;
        dp_reports *reports = NULL;
        dp_error *error = NULL;

        CHECK_CODE(dp_client_submit(work->client, ALERT, request, 0, &reports,
                                    &error), DP_OK);
        CHECK_TEXT(dp_error_message(error), "");
        CHECK_INT(dp_reports_count(reports), OBJECTS);
        for (size_t i = 0; i < dp_reports_count(reports); i++)
            CHECK(dp_reports_at(reports, i)->stored == DP_STORED_YES);
        if (dp_reports_count(reports) > 0)
            strncpy(work->first_id, dp_reports_at(reports, 0)->id,
                    sizeof work->first_id - 1);
        dp_reports_free(reports);
        dp_error_free(error);
        dp_request_free(own);
    }
    return NULL;
}

static void all_at_once(dp_client *client, const dp_request *shared)
{
    struct work works[THREADS];
    pthread_t threads[THREADS];

    memset(works, 0, sizeof works);
    check_fault(NULL);
    for (int i = 0; i < THREADS; i++) {
        works[i].client = client;
        works[i].shared = shared;
        REQUIRE(pthread_create(&threads[i], NULL, run, &works[i]) == 0);
    }
    /* Settings change under the feet of the calls. */
    for (int i = 0; i < 100; i++)
        CHECK_CODE(dp_client_set(client, "auth.token", TOKEN, NULL), DP_OK);
    for (int i = 0; i < THREADS; i++)
        REQUIRE(pthread_join(threads[i], NULL) == 0);
    CHECK_INT(check_stat("objects"), THREADS * ROUNDS * OBJECTS);
    CHECK(check_stat("connections") <= THREADS);
    for (int i = 0; i < THREADS; i++)
        for (int j = 0; j < i; j++)
            CHECK(strcmp(works[i].first_id, works[j].first_id) != 0);
}

int main(void)
{
    dp_client *client = check_client();
    dp_request *shared = check_request(OBJECTS);

    all_at_once(client, NULL);
    all_at_once(client, shared);
    dp_request_free(shared);
    dp_client_free(client);
    return check_result();
}
