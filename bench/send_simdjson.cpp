/* SPDX-License-Identifier: Apache-2.0
 *
 * The same as send_jansson.c, with simdjson in place of jansson. It reads a
 * text where it has memory of its own, so it copies each.
 */
#include "by_hand.h"

#include <simdjson.h>

static simdjson::dom::parser parser;

static inline void json_check(const struct bench_object *object)
{
    simdjson::dom::element root;
    auto error = parser.parse(object->text, object->length).get(root);

    if (error || !root.is_object())
        bench_fail("simdjson", simdjson::error_message(error));
}

static inline size_t json_count_ids(const struct text *reply)
{
    simdjson::dom::array list;
    size_t ids = 0;

    if (parser.parse(reply->bytes, reply->length).get(list))
        bench_fail("reply", "not an array");
    for (simdjson::dom::element item : list)
        ids += item["id"].is_string();
    return ids;
}

int main(int argc, char **argv)
{
    return send_by_hand(argc, argv);
}
