/* SPDX-License-Identifier: Apache-2.0
 *
 * What the contenders share that are programs without a library for this
 * service. Each brings its JSON: json_check stops the program when a text is
 * no object, json_count_ids tells how many objects a reply has ids for.
 */
#ifndef BY_HAND_H
#define BY_HAND_H

#include "http.h"

static inline void json_check(const struct bench_object *object);
static inline size_t json_count_ids(const struct text *reply);

/* Makes the body of a request: each object is checked, then copied as it is. */
static inline void fill(struct bench *bench, struct text *body)
{
    static const char head[] = "{\"format_version\":1,\"data_object\":[";

    body->length = 0;
    text_append(body, head, sizeof head - 1);
    for (size_t i = 0; i < bench->batch; i++) {
        const struct bench_object *object = bench_next(bench);

        json_check(object);
        if (i > 0)
            text_append(body, ",", 1);
        text_append(body, object->text, object->length);
    }
    text_append(body, "]}", 2);
}

static inline size_t receive(char *bytes, size_t size, size_t count,
                             void *context)
{
    text_append((struct text *)context, bytes, size * count);
    return size * count;
}

/* Sends requests one at a time: all of a contender that does just that. */
static inline int send_by_hand(int argc, char **argv)
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
        done += json_count_ids(&reply);
    }
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    free(body.bytes);
    free(reply.bytes);
    return bench_end(&bench, done);
}

#endif /* BY_HAND_H */
