/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks objects with simdjson, with the best instructions that the machine
 * has. As their memory has no padding, it copies each first, as dp_request_add
 * does; and it makes a tape of it, which nobody asked for.
 */
#include "bench.h"

#include <simdjson.h>

int main(int argc, char **argv)
{
    struct bench bench;
    simdjson::dom::parser parser;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    while (done < bench.count) {
        const struct bench_object *object = bench_next(&bench);
        simdjson::dom::element root;
        auto error = parser.parse(object->text, object->length).get(root);

        if (error)
            bench_fail("simdjson", simdjson::error_message(error));
        done += root.is_object();
    }
    return bench_end(&bench, done);
}
