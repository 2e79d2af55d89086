// SPDX-License-Identifier: Apache-2.0
// libcurl, with typed functions for its variadic ones, which Swift cannot call.
#pragma once
#include <curl/curl.h>

static inline int dpx_curl_features(void) {
    return curl_version_info(CURLVERSION_NOW)->features;
}

static inline CURLcode dpx_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode dpx_curl_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode dpx_curl_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode dpx_curl_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode dpx_curl_set_headers(CURL *easy, struct curl_slist *headers) {
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
}

static inline CURLcode dpx_curl_set_read(CURL *easy, curl_read_callback read) {
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, read);
}

static inline CURLcode dpx_curl_set_seek(CURL *easy, curl_seek_callback seek) {
    return curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek);
}

static inline CURLcode dpx_curl_set_write(CURL *easy, CURLoption option,
                                          curl_write_callback write) {
    return curl_easy_setopt(easy, option, write);
}

static inline CURLcode dpx_curl_set_progress(CURL *easy, curl_xferinfo_callback progress) {
    return curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, progress);
}

static inline CURLMcode dpx_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

// The next transfer that has ended: whether there is one, which, and how.
static inline int dpx_curl_multi_next(CURLM *multi, CURL **easy, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE) {
            *easy = message->easy_handle;
            *result = message->data.result;
            return 1;
        }
    return 0;
}

// Unknown to libcurl before 7.87, in its headers and at run time.
static inline CURLcode dpx_curl_set_quick_exit(CURL *easy) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)easy;
    return CURLE_UNKNOWN_OPTION;
#endif
}

static inline CURLcode dpx_curl_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode dpx_curl_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode dpx_curl_get_text(CURL *easy, CURLINFO info, char **value) {
    return curl_easy_getinfo(easy, info, value);
}
