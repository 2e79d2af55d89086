/* SPDX-License-Identifier: Apache-2.0
 *
 * No input takes more stack than a thread of 64 KiB has: the deepest object is
 * built, written and sent in one, and the deepest replies are read in one.
 */
#include "check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 512, STACK_SIZE = 64 * 1024 };

/* `count` times `open`, a 0, `count` times `close`; to be freed. */
static char *nested(size_t count, const char *open, const char *close)
{
    size_t size = count * (strlen(open) + strlen(close)) + 2;
    char *text = malloc(size);

    REQUIRE(text != NULL);
    text[0] = 0;
    for (size_t i = 0; i < count; i++)
        strcat(text, open);
    strcat(text, "0");
    for (size_t i = 0; i < count; i++)
        strcat(text, close);
    return text;
}

static void adds(const char *open, const char *close)
{
    char *json = nested(LEVELS - 1, open, close);
    dp_object *object = dp_object_new();
    dp_request *request = dp_request_new();
    size_t len = 0;
    char *text;

    CHECK_CODE(dp_object_set_json(object, "x", json, strlen(json), NULL),
               DP_OK);
    text = dp_object_json(object, &len);
    CHECK_INT(len, strlen(json) + strlen("{\"x\":}"));
    CHECK_CODE(dp_request_add_object(request, object, NULL), DP_OK);
    CHECK_CODE(dp_request_add(request, text, len, NULL), DP_OK);
    dp_free(text);
    dp_request_free(request);
    dp_object_free(object);
    free(json);
}

static void follows_a_path(void)
{
    char *path = nested(LEVELS - 1, "a.", "");
    dp_object *object = dp_object_new();

    CHECK_CODE(dp_object_set_int(object, path, 1, NULL), DP_OK);
    dp_object_free(object);
    free(path);
}

static void reads(const char *open, const char *close)
{
    char *body = nested(20000, open, close);
    char *fault = malloc(strlen(body) + 64);
    dp_client *client = check_client();
    dp_request *request = check_request(1);

    REQUIRE(fault != NULL);
    sprintf(fault, "{\"status\":400,\"body\":\"%s\"}", body);
    check_fault(fault);
    CHECK_CODE(dp_client_submit(client, ALERT, request, 5000, NULL, NULL),
               DP_E_REJECTED);
    dp_request_free(request);
    dp_client_free(client);
    free(fault);
    free(body);
}

static void *all(void *context)
{
    (void)context;
    adds("[", "]");
    adds("{\"a\":", "}");
    follows_a_path();
    reads("[", "]");
    reads("{\\\"error\\\":", "}");
    return NULL;
}

int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    REQUIRE(pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0);
    REQUIRE(pthread_create(&thread, &attributes, all, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    return check_result();
}
