/* SPDX-License-Identifier: Apache-2.0
 *
 * What the contenders share that keep several requests going by themselves.
 */
#ifndef MULTI_H
#define MULTI_H

#include "http.h"

/* Moves everything that can move; when nothing ends by that, it waits until
 * something can. Puts the handles that ended into `ended`; says how many. */
static inline size_t multi_finish(CURLM *multi, CURL **ended)
{
    size_t count = 0;
    int running = 0;
    int left = 0;
    CURLMsg *message = NULL;
    CURLMcode code = curl_multi_perform(multi, &running);

    while ((message = curl_multi_info_read(multi, &left))) {
        CURL *easy = message->easy_handle;
        http_expect_success(easy, message->data.result);
        curl_multi_remove_handle(multi, easy);
        ended[count++] = easy;
    }
    if (code == CURLM_OK && count == 0)
        code = curl_multi_poll(multi, NULL, 0, 1000, NULL);
    if (code != CURLM_OK)
        bench_fail("curl_multi", curl_multi_strerror(code));
    return count;
}

#endif /* MULTI_H */
