/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends objects as a program does that has libcurl and jansson and no library
 * for this service, and does it well: each object is checked with json_loadb
 * and its text copied into a body whose memory is used again, the connection
 * stays open, and each object's id is read from the reply. It has no answer
 * to a failure but to stop.
 */
#include "http.h"

#include <jansson.h>

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
    text_append((struct text *)context, bytes, size * count);
    return size * count;
}

static void fill(struct bench *bench, struct text *body)
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
static size_t count_ids(const struct text *reply)
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

int main(int argc, char **argv)
{
    struct bench bench;
    struct text body = {NULL, 0, 0};
    struct text reply = {NULL, 0, 0};
    struct curl_slist *headers = NULL;
    CURL *easy = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    headers = http_headers();
    easy = http_new(headers, receive, &reply);
    for (size_t sent = 0; sent < bench.count; sent += bench.batch) {
        fill(&bench, &body);
        reply.length = 0;
        http_set_body(easy, &body);
        http_expect_success(easy, curl_easy_perform(easy));
        done += count_ids(&reply);
    }
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    free(body.bytes);
    free(reply.bytes);
    return bench_end(&bench, done);
}
