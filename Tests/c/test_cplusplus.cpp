/* SPDX-License-Identifier: Apache-2.0
 *
 * A C++ program includes the header, twice, and links.
 */
#include <datapanel.h>
#include <datapanel.h>

#include <cstdio>
#include <cstring>

int main()
{
    const char *json = "{\"title\":\"C++\"}";
    dp_request *request = dp_request_new();
    dp_error *error = nullptr;
    size_t length = 0;
    bool holds = dp_request_add(request, json, std::strlen(json), &error)
                 == DP_OK;
    char *body = dp_request_body(request, nullptr, &length, &error);

    holds = holds && error == nullptr && body != nullptr
            && std::strcmp(body, "{\"format_version\":1,\"data_object\":"
                                 "[{\"title\":\"C++\"}]}") == 0
            && length == std::strlen(body);
    dp_free(body);
    dp_request_free(request);
    dp_error_free(error);
    std::printf("%s - 1 claim\n", holds ? "ok" : "not ok");
    return holds ? 0 : 1;
}
