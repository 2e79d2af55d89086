/* SPDX-License-Identifier: Apache-2.0
 *
 * What the contenders share that call libcurl by themselves: one POST to the
 * batch-create route, set up once and used again and again, as libcurl's
 * manual tells to do. Settings come from the same variables as the library's.
 */
#ifndef HTTP_H
#define HTTP_H

#include "bench.h"

#include <curl/curl.h>

/* Bytes that grow: a body on its way out, or a reply on its way in. */
struct text {
    char *bytes;
    size_t length;
    size_t capacity;
};

static inline void text_append(struct text *text, const char *bytes,
                               size_t length)
{
    if (length > text->capacity - text->length) {
        text->capacity = 2 * (text->capacity + length);
        text->bytes = (char *)realloc(text->bytes, text->capacity);
        if (!text->bytes)
            bench_fail("realloc", strerror(errno));
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

static inline const char *http_setting(const char *name)
{
    const char *value = getenv(name);

    if (!value)
        bench_fail(name, "not set");
    return value;
}

static inline struct curl_slist *http_headers(void)
{
    char token[8192];
    struct curl_slist *headers = NULL;

    snprintf(token, sizeof token, "X-Auth-Token: %s",
             http_setting("DATAPANEL_AUTH_TOKEN"));
    headers = curl_slist_append(headers, token);
    headers = curl_slist_append(
        headers, "Content-Type: application/json;charset=UTF-8");
    return curl_slist_append(headers, "Expect:");
}

/* A handle for POSTs whose replies go to `receive` with `context`. */
static inline CURL *http_new(struct curl_slist *headers,
                             curl_write_callback receive, void *context)
{
    char url[2048];
    const char *ca_file = getenv("DATAPANEL_TLS_CA_FILE");
    CURL *easy = curl_easy_init();

    if (!easy || !headers)
        bench_fail("libcurl", "does not start");
    snprintf(url, sizeof url,
             "%s/v1/%s/workspaces/%s/soc/datapanel/%s/"
             "data-objects/batch-create",
             http_setting("DATAPANEL_ENDPOINT"),
             http_setting("DATAPANEL_PROJECT_ID"),
             http_setting("DATAPANEL_WORKSPACE_ID"), BENCH_TARGET);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    if (ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    return easy;
}

#ifdef HTTP_BODY_IN_PARTS
/* What of a body is not sent yet; one for each handle. */
struct part {
    const char *bytes;
    size_t length;
};

static inline size_t http_read(char *room, size_t size, size_t count,
                               void *context)
{
    struct part *rest = (struct part *)context;
    size_t length = rest->length < size * count ? rest->length : size * count;

    memcpy(room, rest->bytes, length);
    rest->bytes += length;
    rest->length -= length;
    return length;
}
#endif

/* The body has to stay where it is until the reply is there. */
static inline void http_set_body(CURL *easy, const struct text *body)
{
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     (curl_off_t)body->length);
#ifdef HTTP_BODY_IN_PARTS
    struct part *rest = NULL;

    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&rest);
    if (!rest)
        rest = (struct part *)bench_alloc(sizeof *rest);
    rest->bytes = body->bytes;
    rest->length = body->length;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, rest);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, http_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, rest);
#else
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body->bytes);
#endif
}

static inline void http_expect_success(CURL *easy, CURLcode result)
{
    char shown[32];
    long status = 0;

    if (result != CURLE_OK)
        bench_fail("POST", curl_easy_strerror(result));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    snprintf(shown, sizeof shown, "status %ld", status);
    if (status != 200)
        bench_fail("POST", shown);
}

#endif /* HTTP_H */
