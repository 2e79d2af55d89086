/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends objects as a program does that has libcurl and jansson and no library
 * for this service, and does it well: each object is checked with json_loadb
 * and its text copied into a body whose memory is used again, the connection
 * stays open, and each object's id is read from the reply. It has no answer
 * to a failure but to stop.
 */
#include "json.h"

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
    text_append((struct text *)context, bytes, size * count);
    return size * count;
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
        json_fill(&bench, &body);
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
