/* SPDX-License-Identifier: Apache-2.0
 *
 * Where a limit of the process lets no file grow, a producer with a spool
 * refuses objects and the program goes on, with SIGXFSZ at its default; once
 * there is room again, they are taken.
 */
#define _GNU_SOURCE /* mkdtemp */
#include "produce.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

int main(void)
{
    char folder[] = "/tmp/datapanel-limit-XXXXXX";
    struct gathered gathered = { 0 };
    struct rlimit limit, low;
    dp_error *error = NULL;
    dp_producer *producer;

    REQUIRE(mkdtemp(folder) != NULL && signal(SIGXFSZ, SIG_DFL) != SIG_ERR);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    check_fault(NULL);
    producer = PRODUCER("spool.path", folder);
    low = limit;
    low.rlim_cur = 4096;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &low) == 0);
    CHECK_CODE(dp_producer_send(producer, ALERT, "{}", 2, NULL, 0, NULL,
                                &error), DP_E_SPOOL);
    CHECK_HAS(dp_error_message(error), strerror(EFBIG));
    dp_error_free(error);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    produce_many(producer, 0, 3);
    gather(&gathered, producer, 3);
    CHECK_INT(gathered_code(&gathered, DP_OK), 3);
    CHECK_INT(check_stat("objects"), 3);
    gathered_free(&gathered);
    CHECK_CODE(dp_producer_close(producer, 0, NULL, NULL), DP_OK);
    dp_producer_free(producer);
    CHECK_INT(nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    return check_result();
}
