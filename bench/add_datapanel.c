/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks objects and splices them into request bodies with dp_request_add;
 * making and freeing a request for each batch is part of it.
 */
#include "bench.h"

#include <datapanel.h>

int main(int argc, char **argv)
{
    struct bench bench;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    while (done < bench.count) {
        dp_request *request = dp_request_new();
        dp_error *error = NULL;

        for (size_t i = 0; i < bench.batch; i++) {
            const struct bench_object *object = bench_next(&bench);
            if (dp_request_add(request, object->text, object->length, &error)
                != DP_OK)
                bench_fail("dp_request_add", dp_error_message(error));
        }
        done += dp_request_count(request);
        dp_request_free(request);
    }
    return bench_end(&bench, done);
}
