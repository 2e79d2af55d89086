// SPDX-License-Identifier: Apache-2.0
// libcurl, with typed functions for its variadic ones, which Swift cannot call.
#pragma once
#include <curl/curl.h>

static inline CURLcode dpx_curl_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}
