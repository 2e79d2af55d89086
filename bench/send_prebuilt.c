/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends the same bytes as the others without any work on them: the bodies are
 * made before the first is sent, the replies are dropped unread. What is left
 * is libcurl and the kernel, the limit for all who send through these.
 */
#include "multi.h"

static size_t drop(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

/* One body for each way in which the lines meet in a batch, at most `most`. */
static size_t build(struct bench *bench, struct text *bodies, size_t most)
{
    static const char head[] = "{\"format_version\":1,\"data_object\":[";
    size_t built = 0;

    do {
        struct text *body = &bodies[built++];
        text_append(body, head, sizeof head - 1);
        for (size_t i = 0; i < bench->batch; i++) {
            const struct bench_object *object = bench_next(bench);
            if (i > 0)
                text_append(body, ",", 1);
            text_append(body, object->text, object->length);
        }
        text_append(body, "]}", 2);
    } while (built < most && bench->next != 0);
    return built;
}

static size_t send_all(struct bench *bench, CURLM *multi, CURL **idle,
                       const struct text *bodies, size_t bodies_count)
{
    size_t requests = bench->count / bench->batch;
    size_t started = 0;
    size_t finished = 0;
    size_t free_count = bench->in_flight;

    while (finished < requests) {
        while (free_count > 0 && started < requests) {
            CURL *easy = idle[--free_count];
            http_set_body(easy, &bodies[started++ % bodies_count]);
            curl_multi_add_handle(multi, easy);
        }
        /* Those still idle are below what comes back now. */
        size_t returned = multi_finish(multi, idle + free_count);
        free_count += returned;
        finished += returned;
    }
    return finished * bench->batch;
}

int main(int argc, char **argv)
{
    enum { BODIES_MAX = 200 };
    static struct text bodies[BODIES_MAX];
    struct bench bench;
    struct curl_slist *headers = NULL;
    CURL **idle = NULL;
    CURLM *multi = NULL;
    size_t bodies_count = 0;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    bodies_count = build(&bench, bodies, BODIES_MAX);
    headers = http_headers();
    multi = curl_multi_init();
    idle = (CURL **)bench_alloc(bench.in_flight * sizeof *idle);
    for (size_t i = 0; i < bench.in_flight; i++)
        idle[i] = http_new(headers, drop, NULL);
    done = send_all(&bench, multi, idle, bodies, bodies_count);
    for (size_t i = 0; i < bench.in_flight; i++)
        curl_easy_cleanup(idle[i]);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    for (size_t i = 0; i < bodies_count; i++)
        free(bodies[i].bytes);
    free(idle);
    return bench_end(&bench, done);
}
