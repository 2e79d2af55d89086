/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks objects with json_loadb and does nothing else with them. It is what
 * dp_request_add is held against, though that also copies.
 */
#include "bench.h"

#include <jansson.h>

int main(int argc, char **argv)
{
    struct bench bench;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    while (done < bench.count) {
        const struct bench_object *object = bench_next(&bench);
        json_error_t error;
        json_t *root = json_loadb(object->text, object->length, 0, &error);

        if (!root)
            bench_fail("json_loadb", error.text);
        done += json_is_object(root);
        json_decref(root);
    }
    return bench_end(&bench, done);
}
