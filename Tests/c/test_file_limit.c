/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a limit of the process lets no file grow, a producer with a spool
 * refuses objects, one with dead letters tells of what it cannot keep, and the
 * program goes on, with SIGXFSZ at its default; once there is room again, all
 * is as before.
 */
#define _GNU_SOURCE /* mkdtemp */
#include "produce.h"
#include "service.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

static char folder[] = "/tmp/datapanel-limit-XXXXXX";
static struct rlimit unlimited;

/* Lets no file grow beyond so many bytes. */
static void limit_files(rlim_t most)
{
    struct rlimit limit = unlimited;

    limit.rlim_cur = most;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void lift_limit(void)
{
    REQUIRE(setrlimit(RLIMIT_FSIZE, &unlimited) == 0);
}

static void a_spool_takes_no_more(void)
{
    struct gathered gathered = { 0 };
    dp_error *error = NULL;
    dp_producer *producer = PRODUCER("spool.path", folder);

    limit_files(4096);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL,
                                &error), DP_E_SPOOL);
    CHECK_HAS(dp_error_message(error), strerror(EFBIG));
    dp_error_free(error);
    lift_limit();
    produce_many(producer, 0, 3);
    gather(&gathered, producer, 3);
    CHECK_INT(gathered_code(&gathered, DP_OK), 3);
    CHECK_INT(check_stat("objects"), 3);
    /* In the middle of a segment. */
    limit_files(80);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL,
                                NULL), DP_E_SPOOL);
    lift_limit();
    produce_many(producer, 3, 2);
    gather(&gathered, producer, 5);
    CHECK_INT(gathered_code(&gathered, DP_OK), 5);
    gathered_free(&gathered);
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    dp_producer_free(producer);
}

static void no_spool_begins_where_nothing_may_be_written(void)
{
    dp_config *config = check_config();
    dp_error *error = NULL;

    REQUIRE(dp_config_set(config, "spool.path", folder, NULL) == DP_OK);
    limit_files(0);
    CHECK(dp_producer_new(config, &error) == NULL);
    lift_limit();
    CHECK_CODE(dp_error_code(error), DP_E_SPOOL);
    CHECK_HAS(dp_error_message(error), strerror(EFBIG));
    dp_error_free(error);
    dp_config_free(config);
}

static struct service_answer refuse(const struct service_request *request,
                                    void *context)
{
    struct service_answer answer = { 400, 0, 0, NULL, NULL };

    (void)request;
    (void)context;
    return answer;
}

/* Of letters each of which may be kept or not. */
static void dead_letters_are_told_of(void)
{
    struct service *service = service_start(refuse, NULL);
    struct gathered gathered = { 0 };
    char path[64];
    dp_producer *producer;
    struct stat status;
    off_t size;

    snprintf(path, sizeof path, "%s/dead.ndjson", folder);
    producer = PRODUCER("endpoint", service_url(service),
                        "dead_letter.path", path);
    produce_one(producer, "{}");
    gather(&gathered, producer, 1);
    REQUIRE(stat(path, &status) == 0);
    size = status.st_size;
    CHECK(size > 0);
    /* The next one would cross the limit, the one after it begin there. */
    for (int i = 0; i < 2; i++) {
        limit_files((rlim_t)(i ? size : size + 10));
        produce_one(producer, "{}");
        gather(&gathered, producer, (size_t)i + 2);
        REQUIRE(stat(path, &status) == 0);
        CHECK_INT(status.st_size, size);
    }
    lift_limit();
    produce_one(producer, "{}");
    gather(&gathered, producer, 4);
    CHECK_INT(gathered_code(&gathered, DP_E_REJECTED), 4);
    for (uint64_t ticket = 1; ticket <= 4; ticket++) {
        const dp_report *report = gathered_ticket(&gathered, ticket);
        REQUIRE(report != NULL);
        CHECK_INT(report->flags & DP_DEAD_LETTERED,
                  ticket == 1 || ticket == 4 ? DP_DEAD_LETTERED : 0);
        CHECK_INT(report->payload_len, 2);
    }
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

int main(void)
{
    REQUIRE(mkdtemp(folder) != NULL && signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &unlimited) == 0);
    check_fault(NULL);
    a_spool_takes_no_more();
    no_spool_begins_where_nothing_may_be_written();
    dead_letters_are_told_of();
    CHECK_INT(nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    return check_result();
}
