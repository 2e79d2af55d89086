/* SPDX-License-Identifier: Apache-2.0
 *
 * What a program does with JSON that has jansson and no library for this
 * service; the contenders share it that are such programs.
 */
#ifndef JSON_H
#define JSON_H

#include "http.h"

#include <jansson.h>

/* Makes the body of a request: each object is checked, then copied as it is. */
static inline void json_fill(struct bench *bench, struct text *body)
{
    static const char head[] = "{\"format_version\":1,\"data_object\":[";

    body->length = 0;
    text_append(body, head, sizeof head - 1);
    for (size_t i = 0; i < bench->batch; i++) {
        const struct bench_object *object = bench_next(bench);
        json_error_t error;
        json_t *root = json_loadb(object->text, object->length, 0, &error);

        if (!json_is_object(root))
            bench_fail("json_loadb", error.text);
        json_decref(root);
        if (i > 0)
            text_append(body, ",", 1);
        text_append(body, object->text, object->length);
    }
    text_append(body, "]}", 2);
}

/* How many objects the reply has ids for. */
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
