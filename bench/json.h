/* SPDX-License-Identifier: Apache-2.0
 *
 * The JSON of programs by hand that have jansson.
 */
#ifndef JSON_H
#define JSON_H

#include "by_hand.h"

#include <jansson.h>

static inline void json_check(const struct bench_object *object)
{
    json_error_t error;
    json_t *root = json_loadb(object->text, object->length, 0, &error);

    if (!json_is_object(root))
        bench_fail("json_loadb", error.text);
    json_decref(root);
}

static inline size_t json_count_ids(const struct text *reply)
{
    json_error_t error;
    json_t *list = json_loadb(reply->bytes, reply->length, 0, &error);
    size_t ids = 0;

    if (!json_is_array(list))
        bench_fail("reply", "not an array");
    for (size_t i = 0; i < json_array_size(list); i++)
        ids += json_is_string(json_object_get(json_array_get(list, i), "id"));
    json_decref(list);
    return ids;
}

#endif /* JSON_H */
