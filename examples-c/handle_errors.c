/* SPDX-License-Identifier: Apache-2.0
 *
 * handle_errors meets every class of failure once, by scripting faults into
 * the emulator, and prints for each what a program has to act on: the code,
 * whether the service could hold the object, how often it was tried, and the
 * request id to quote to the service's operators.
 *
 * It ends with status 1 when an outcome is not the documented one. Only a
 * certificate that is refused is missing: the emulator speaks no TLS.
 *
 * Usage: handle_errors DATA_CLASS_ID
 * Settings come from the environment; README.md lists them. The endpoint must
 * be a datapanel-emulator.
 */
#include <curl/curl.h>
#include <datapanel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A failure: how to cause it, and what the library is to make of it. */
struct failure {
    const char *name;
    const char *fault; /* for the emulator; NULL: it behaves */
    const char *key;   /* a setting that causes it, or NULL */
    const char *value; /* "$endpoint" stands for the emulator's host:port */
    size_t bytes;      /* how large the object is */
    dp_code code;
    dp_stored stored;
};

#define STATUS(number) "{\"status\":" #number "}"
#define REPLY(text) "{\"status\":200,\"body\":\"" text "\"}"

static const struct failure failures[] = {
    { "no failure", NULL, NULL, NULL, 8, DP_OK, DP_STORED_YES },

    /* The service refuses: it holds nothing. Mend the cause, send again. */
    { "objects refused", STATUS(400), NULL, NULL, 8,
      DP_E_REJECTED, DP_STORED_NO },
    { "token refused", NULL, "auth.token", "stale", 8,
      DP_E_AUTH, DP_STORED_NO },
    { "not permitted", STATUS(403), NULL, NULL, 8,
      DP_E_FORBIDDEN, DP_STORED_NO },
    { "no such route", STATUS(404), NULL, NULL, 8,
      DP_E_ENDPOINT, DP_STORED_NO },
    { "body too large", STATUS(413), NULL, NULL, 8,
      DP_E_TOO_LARGE, DP_STORED_NO },
    { "proxy refused", STATUS(407), NULL, NULL, 8,
      DP_E_PROXY, DP_STORED_NO },

    /* The library tries these again by itself while there is time. */
    { "throttled once",
      "{\"status\":429,\"headers\":{\"Retry-After\":\"1\"}}", NULL, NULL, 8,
      DP_OK, DP_STORED_YES },
    { "throttled throughout", "{\"status\":429,\"times\":0}", NULL, NULL, 8,
      DP_E_THROTTLED, DP_STORED_NO },
    { "no such host", NULL, "endpoint", "http://host-name-of-more-than-63-"
      "letters-that-no-name-server-can-ever-have.invalid", 8,
      DP_E_RESOLVE, DP_STORED_NO },
    { "nobody listens", NULL, "endpoint", "http://127.0.0.1:1", 8,
      DP_E_CONNECT, DP_STORED_NO },
    { "no TLS spoken", NULL, "endpoint", "https://$endpoint", 8,
      DP_E_TLS, DP_STORED_NO },
    { "broken off half way",
      "{\"drop\":\"headers\",\"how\":\"reset\",\"times\":0}", NULL, NULL,
      11000000, DP_E_SEND, DP_STORED_NO },

    /* Nobody knows: look the objects up before sending them again. */
    { "service failed", STATUS(500), NULL, NULL, 8,
      DP_E_SERVER, DP_STORED_MAYBE },
    { "gateway lost the service", STATUS(502), NULL, NULL, 8,
      DP_E_SERVER, DP_STORED_MAYBE },
    { "connection lost, stored",
      "{\"drop\":\"stored\",\"how\":\"close\"}", NULL, NULL, 8,
      DP_E_NO_REPLY, DP_STORED_MAYBE },
    { "a web page answers", REPLY("<html>Sign in</html>"), NULL, NULL, 8,
      DP_E_ENDPOINT, DP_STORED_MAYBE },
    { "no answer in time", "{\"stall\":true}", NULL, NULL, 8,
      DP_E_TIMEOUT, DP_STORED_MAYBE },

    /* Accepted, but the ids are missing: look them up by other members. */
    { "reply cut off", "{\"truncate\":10}", NULL, NULL, 8,
      DP_E_REPLY, DP_STORED_MAYBE },
    { "reply has three ids", "{\"ids\":3}", NULL, NULL, 8,
      DP_E_REPLY, DP_STORED_MAYBE },
    { "reply lacks the id", REPLY("[{}]"), NULL, NULL, 8,
      DP_E_REPLY_ITEM, DP_STORED_MAYBE },
};

static const char *const stored_names[] = { "no", "maybe", "yes" };

static size_t ignore(char *data, size_t size, size_t count, void *context)
{
    (void)data;
    (void)context;
    return size * count;
}

/* Clears the emulator's faults, then sets `fault` unless it is NULL. */
static int script(const char *endpoint, const char *fault)
{
    char url[512];
    CURL *curl = curl_easy_init();
    CURLcode result = CURLE_FAILED_INIT;

    snprintf(url, sizeof url, "%s/_emulator/faults", endpoint);
    if (curl) {
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
        result = curl_easy_perform(curl);
    }
    if (result == CURLE_OK && fault) {
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, fault);
        result = curl_easy_perform(curl);
    }
    if (result != CURLE_OK)
        fprintf(stderr, "%s: %s\n", url, curl_easy_strerror(result));
    curl_easy_cleanup(curl);
    return result == CURLE_OK;
}

/* Applies the setting that causes a failure. */
static dp_code provoke(dp_config *config, const struct failure *failure,
                       dp_error **error)
{
    static const char mark[] = "$endpoint";
    const char *authority = strstr(dp_config_get(config, "endpoint"), "://");
    const char *place = strstr(failure->value, mark);
    char value[512];

    if (place && authority)
        snprintf(value, sizeof value, "%.*s%s",
                 (int)(place - failure->value), failure->value, authority + 3);
    else
        snprintf(value, sizeof value, "%s", failure->value);
    return dp_config_set(config, failure->key, value, error);
}

/* Adds an object of `bytes` bytes, {"": ""} with blanks inside. */
static dp_code add_object(dp_request *request, size_t bytes, dp_error **error)
{
    char *json = (char *)malloc(bytes);
    dp_code code;

    if (!json)
        return DP_E_NOMEM;
    memset(json, ' ', bytes);
    memcpy(json, "{\"\":\"", 5);
    memcpy(json + bytes - 2, "\"}", 2);
    code = dp_request_add(request, json, bytes, error);
    free(json);
    return code;
}

/* Says what a failure came to. Returns whether that is as documented. */
static int tell(const struct failure *failure, dp_code code,
                const dp_reports *reports, const dp_error *error)
{
    const dp_report *report = dp_reports_at(reports, 0);
    int expected;

    if (!report) {
        printf("%-26s %-16s nothing was attempted: %s\n", failure->name,
               dp_code_name(code), dp_error_message(error));
        return 0;
    }
    printf("%-26s %-16s stored=%-5s attempts=%u request_id=%s\n",
           failure->name, dp_code_name(report->code),
           stored_names[report->stored], (unsigned)report->attempts,
           report->request_id ? report->request_id : "-");
    expected = code == failure->code && report->code == failure->code
               && report->stored == failure->stored;
    if (code != DP_OK)
        printf("    %s\n", dp_error_message(error));
    if (!expected)
        printf("    expected: %s stored=%s\n", dp_code_name(failure->code),
               stored_names[failure->stored]);
    return expected;
}

/* Causes one failure and tells about it. Returns whether it is as expected. */
static int meet(const struct failure *failure, const char *target)
{
    dp_error *error = NULL;
    dp_reports *reports = NULL;
    dp_client *client = NULL;
    dp_config *config = dp_config_new();
    dp_request *request = dp_request_new();
    int expected = 0;
    dp_code code = dp_config_load(config, NULL, &error);

    if (code == DP_OK
        && script(dp_config_get(config, "endpoint"), failure->fault)) {
        if (failure->key)
            code = provoke(config, failure, &error);
        if (code == DP_OK) {
            client = dp_client_new(config, &error);
            code = dp_error_code(error);
        }
        if (code == DP_OK)
            code = add_object(request, failure->bytes, &error);
        if (code == DP_OK)
            code = dp_client_submit(client, target, request, 2000, &reports,
                                    &error);
        expected = tell(failure, code, reports, error);
    } else if (code != DP_OK) {
        fprintf(stderr, "%s\n", dp_error_message(error));
    }
    dp_reports_free(reports);
    dp_request_free(request);
    dp_client_free(client);
    dp_config_free(config);
    dp_error_free(error);
    return expected;
}

int main(int argc, char **argv)
{
    size_t count = sizeof failures / sizeof failures[0];
    size_t expected = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA_CLASS_ID\n", argv[0]);
        return EXIT_FAILURE;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    for (size_t i = 0; i < count; i++)
        expected += meet(&failures[i], argv[1]) ? 1 : 0;
    curl_global_cleanup();
    printf("%lu of %lu outcomes are as documented\n", (unsigned long)expected,
           (unsigned long)count);
    return expected == count ? EXIT_SUCCESS : EXIT_FAILURE;
}
