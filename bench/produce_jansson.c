/* SPDX-License-Identifier: Apache-2.0
 *
 * Streams objects as a program does that has libcurl and jansson and no
 * library for this service, and does it well: one thread drives all requests
 * with curl_multi, each object is checked with json_loadb and copied into a
 * body, the ids are read from the replies with jansson. Handles, connections
 * and the memory of bodies and replies are used again, and the next body is
 * made while the others are under way. It has no answer to a failure but to
 * stop.
 */
#include "json.h"
#include "multi.h"

struct call {
    CURL *easy;
    struct text body;
    struct text reply;
};

/* The calls, one more than may be under way at once, and where they are. */
struct stream {
    CURLM *multi;
    CURL **ended;
    struct call *calls;
    struct call **idle;
    size_t idle_count;
    size_t calls_count;
};

static void open_stream(struct stream *stream, size_t calls_count,
                        struct curl_slist *headers)
{
    memset(stream, 0, sizeof *stream);
    stream->multi = curl_multi_init();
    stream->calls_count = calls_count;
    stream->calls = (struct call *)bench_alloc(calls_count
                                               * sizeof *stream->calls);
    stream->idle = (struct call **)bench_alloc(calls_count
                                               * sizeof *stream->idle);
    stream->ended = (CURL **)bench_alloc(calls_count * sizeof *stream->ended);
    memset(stream->calls, 0, calls_count * sizeof *stream->calls);
    for (size_t i = 0; i < calls_count; i++) {
        struct call *call = &stream->calls[i];
        call->easy = http_new(headers, receive, &call->reply);
        curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
        stream->idle[stream->idle_count++] = call;
    }
}

static void close_stream(struct stream *stream)
{
    for (size_t i = 0; i < stream->calls_count; i++) {
        curl_easy_cleanup(stream->calls[i].easy);
        free(stream->calls[i].body.bytes);
        free(stream->calls[i].reply.bytes);
    }
    curl_multi_cleanup(stream->multi);
    free(stream->calls);
    free(stream->idle);
    free(stream->ended);
}

static void start(struct stream *stream, struct call *call)
{
    int running = 0;

    call->reply.length = 0;
    http_set_body(call->easy, &call->body);
    curl_multi_add_handle(stream->multi, call->easy);
    /* On its way before the next body is made. */
    curl_multi_perform(stream->multi, &running);
}

/* Takes what has come back, and says how many objects have their id. */
static size_t collect(struct stream *stream)
{
    size_t count = multi_finish(stream->multi, stream->ended);
    size_t ids = 0;

    for (size_t i = 0; i < count; i++) {
        char *call = NULL;
        curl_easy_getinfo(stream->ended[i], CURLINFO_PRIVATE, &call);
        stream->idle[stream->idle_count] = (struct call *)(void *)call;
        ids += json_count_ids(&stream->idle[stream->idle_count++]->reply);
    }
    return ids;
}

static size_t send_all(struct bench *bench, struct stream *stream)
{
    size_t requests = bench->count / bench->batch;
    size_t filled = 0;
    size_t done = 0;
    struct call *next = NULL;

    while (done < bench->count) {
        if (!next && filled < requests && stream->idle_count > 0) {
            next = stream->idle[--stream->idle_count];
            fill(bench, &next->body);
            filled++;
        }
        /* That one call too many is for: all but it are under way. */
        if (next && stream->idle_count > 0) {
            start(stream, next);
            next = NULL;
        } else {
            done += collect(stream);
        }
    }
    return done;
}

int main(int argc, char **argv)
{
    struct bench bench;
    struct stream stream;
    struct curl_slist *headers = NULL;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    headers = http_headers();
    open_stream(&stream, bench.in_flight + 1, headers);
    done = send_all(&bench, &stream);
    close_stream(&stream);
    curl_slist_free_all(headers);
    curl_global_cleanup();
    return bench_end(&bench, done);
}
