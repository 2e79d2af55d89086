/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "check.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long claims;
static unsigned long failures;
static _Thread_local const char *row;

/* ------------------------------------------------------------- claims -- */

/* Counts a claim. Returns whether a failure is to be printed; then the lock
 * is held, and `end` gives it back. */
static int begin(int holds, const char *text, const char *file, int line)
{
    pthread_mutex_lock(&lock);
    claims++;
    if (holds) {
        pthread_mutex_unlock(&lock);
        return 0;
    }
    failures++;
    fprintf(stderr, "%s:%d: ", file, line);
    if (row)
        fprintf(stderr, "%.*s: ", (int)strcspn(row, "\n"), row);
    fputs(text, stderr);
    return 1;
}

static void end(void)
{
    fputc('\n', stderr);
    pthread_mutex_unlock(&lock);
}

static void print_text(const char *label, const char *text)
{
    if (text)
        fprintf(stderr, "\n    %s: \"%.400s\"", label, text);
    else
        fprintf(stderr, "\n    %s: NULL", label);
}

int check_claim(int holds, const char *text, const char *file, int line)
{
    if (begin(holds, text, file, line))
        end();
    return holds;
}

int check_int(long long got, long long wanted, const char *text,
              const char *file, int line)
{
    if (begin(got == wanted, text, file, line)) {
        fprintf(stderr, " is %lld, not %lld", got, wanted);
        end();
    }
    return got == wanted;
}

int check_code(dp_code got, dp_code wanted, const char *text, const char *file,
               int line)
{
    if (begin(got == wanted, text, file, line)) {
        fprintf(stderr, " is %s, not %s", dp_code_name(got),
                dp_code_name(wanted));
        end();
    }
    return got == wanted;
}

int check_text(const char *got, const char *wanted, const char *text,
               const char *file, int line)
{
    int holds = got && wanted ? strcmp(got, wanted) == 0 : got == wanted;

    if (begin(holds, text, file, line)) {
        print_text("is", got);
        print_text("not", wanted);
        end();
    }
    return holds;
}

int check_has(const char *got, const char *part, const char *text,
              const char *file, int line)
{
    int holds = got && strstr(got, part);

    if (begin(holds, text, file, line)) {
        print_text("is", got);
        print_text("without", part);
        end();
    }
    return holds;
}

void check_stop(void)
{
    exit(check_result());
}

void check_row(const char *name)
{
    row = name;
}

int check_result(void)
{
    int passed;

    pthread_mutex_lock(&lock);
    passed = failures == 0 && claims > 0;
    printf("%s - %lu of %lu claims hold\n", passed ? "ok" : "not ok",
           claims - failures, claims);
    fflush(stdout);
    pthread_mutex_unlock(&lock);
    return passed ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ----------------------------------------------------------- emulator -- */

static const char *endpoint(void)
{
    const char *url = getenv("DATAPANEL_ENDPOINT");

    REQUIRE(url != NULL);
    return url;
}

dp_config *check_config(void)
{
    dp_error *error = NULL;
    dp_config *config = dp_config_new();

    REQUIRE(config != NULL);
    if (!CHECK_CODE(dp_config_load(config, NULL, &error), DP_OK))
        fprintf(stderr, "    %s\n", dp_error_message(error));
    REQUIRE(error == NULL);
    REQUIRE(dp_config_set(config, "backoff.base", "100ms", NULL) == DP_OK);
    REQUIRE(dp_config_set(config, "backoff.cap", "200ms", NULL) == DP_OK);
    return config;
}

dp_client *check_client_with(const char *key, const char *value)
{
    dp_error *error = NULL;
    dp_config *config = check_config();
    dp_client *client;

    if (key)
        REQUIRE(dp_config_set(config, key, value, NULL) == DP_OK);
    client = dp_client_new(config, &error);
    CHECK_TEXT(dp_error_message(error), "");
    REQUIRE(client != NULL);
    dp_config_free(config);
    return client;
}

dp_client *check_client(void)
{
    return check_client_with(NULL, NULL);
}

dp_request *check_request(size_t count)
{
    dp_request *request = dp_request_new();
    char json[32];

    REQUIRE(request != NULL);
    for (size_t i = 0; i < count; i++) {
        int length = snprintf(json, sizeof json, "{\"n\":%lu}",
                              (unsigned long)i);
        REQUIRE(dp_request_add(request, json, (size_t)length, NULL) == DP_OK);
    }
    return request;
}

struct buffer {
    char *bytes;
    size_t length;
};

static size_t append(char *data, size_t size, size_t count, void *context)
{
    struct buffer *buffer = (struct buffer *)context;
    size_t length = size * count;
    char *bytes = (char *)realloc(buffer->bytes, buffer->length + length + 1);

    if (!bytes)
        return 0;
    memcpy(bytes + buffer->length, data, length);
    buffer->bytes = bytes;
    buffer->length += length;
    bytes[buffer->length] = '\0';
    return length;
}

char *check_call(const char *method, const char *path, const char *body,
                 long *status)
{
    struct buffer reply = { NULL, 0 };
    char url[1024];
    long answered = 0;
    CURLcode result;
    struct curl_slist *headers =
        curl_slist_append(NULL, "X-Auth-Token: " TOKEN);
    CURL *curl = curl_easy_init();

    REQUIRE(curl && headers);
    REQUIRE(append((char *)"", 1, 0, &reply) == 0 && reply.bytes);
    snprintf(url, sizeof url, "%s%s", endpoint(), path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answered);
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (!CHECK_INT(result, CURLE_OK))
        fprintf(stderr, "    %s %s: %s\n", method, url,
                curl_easy_strerror(result));
    if (status)
        *status = answered;
    return reply.bytes;
}

/* An admin call, which has to work for a test to mean anything. */
static char *admin(const char *method, const char *path, const char *body)
{
    long status = 0;
    char *reply = check_call(method, path, body, &status);

    if (!CHECK(status >= 200 && status < 300)) {
        fprintf(stderr, "    %s %s: %ld %s\n", method, path, status, reply);
        check_stop();
    }
    return reply;
}

void check_fault(const char *fault)
{
    free(admin("DELETE", "/_emulator/faults", NULL));
    free(admin("DELETE", "/_emulator/objects", NULL));
    if (fault)
        free(admin("POST", "/_emulator/faults", fault));
}

long check_stat(const char *name)
{
    char *reply = admin("GET", "/_emulator/stats", NULL);
    char member[64];
    const char *place;
    long count = -1;

    snprintf(member, sizeof member, "\"%s\":", name);
    place = strstr(reply, member);
    if (place)
        count = strtol(place + strlen(member), NULL, 10);
    CHECK(count >= 0);
    free(reply);
    return count;
}

/* -------------------------------------------------------------- values -- */

double check_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

char *check_big_object(size_t length)
{
    char *json = (char *)malloc(length + 1);

    REQUIRE(json && length >= 7);
    memset(json, 'x', length);
    memcpy(json, "{\"\":\"", 5);
    memcpy(json + length - 2, "\"}", 3);
    return json;
}

const char *check_field(const dp_error *error, const char *name)
{
    const char *value = dp_error_field(error, name);

    return value ? value : "";
}
