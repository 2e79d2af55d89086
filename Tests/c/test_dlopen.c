/* SPDX-License-Identifier: Apache-2.0
 *
 * A program that is not linked with the library loads it, submits an object,
 * and unloads it; afterwards it can still fork, make threads and exit.
 */
#define _POSIX_C_SOURCE 200809L
#include <datapanel.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALERT "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "test_dlopen: %s: %s\n", what, why ? why : "");
    puts("not ok - the library cannot be loaded and unloaded");
    exit(EXIT_FAILURE);
}

/* A pointer to data does not convert to one to a function in ISO C. */
static void find(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    if (!symbol)
        fail(name, dlerror());
    memcpy(function, &symbol, sizeof symbol);
}

#define FIND(name)                                                         \
    find(library, #name, memset(&name##_, 0, sizeof name##_))

static void *submit(void *library)
{
    dp_config *(*dp_config_new_)(void);
    dp_code (*dp_config_load_)(dp_config *, const char *, dp_error **);
    void (*dp_config_free_)(dp_config *);
    dp_request *(*dp_request_new_)(void);
    dp_code (*dp_request_add_)(dp_request *, const char *, size_t,
                               dp_error **);
    void (*dp_request_free_)(dp_request *);
    dp_client *(*dp_client_new_)(const dp_config *, dp_error **);
    dp_code (*dp_client_submit_)(dp_client *, const char *,
                                 const dp_request *, int32_t, dp_reports **,
                                 dp_error **);
    void (*dp_client_free_)(dp_client *);
    const char *(*dp_error_message_)(const dp_error *);
    dp_error *error = NULL;
    dp_config *config;
    dp_request *request;
    dp_client *client;

    FIND(dp_config_new);
    FIND(dp_config_load);
    FIND(dp_config_free);
    FIND(dp_request_new);
    FIND(dp_request_add);
    FIND(dp_request_free);
    FIND(dp_client_new);
    FIND(dp_client_submit);
    FIND(dp_client_free);
    FIND(dp_error_message);
    config = dp_config_new_();
    request = dp_request_new_();
    if (dp_config_load_(config, NULL, &error) != DP_OK)
        fail("dp_config_load", dp_error_message_(error));
    client = dp_client_new_(config, &error);
    if (dp_request_add_(request, "{}", 2, NULL) != DP_OK)
        fail("dp_request_add", "");
    if (dp_client_submit_(client, ALERT, request, 0, NULL, &error) != DP_OK)
        fail("dp_client_submit", dp_error_message_(error));
    dp_client_free_(client);
    dp_request_free_(request);
    dp_config_free_(config);
    return NULL;
}

/* What would run into code that is no longer there: handlers of fork and of
 * the end of a thread. */
static void go_on_without(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(EXIT_SUCCESS);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        fail("fork", "the child did not end well");
}

int main(void)
{
    for (int round = 0; round < 3; round++) {
        void *library = dlopen("libdatapanel.so.1", RTLD_NOW | RTLD_LOCAL);
        pthread_t thread;

        if (!library)
            fail("dlopen", dlerror());
        submit(library);
        if (pthread_create(&thread, NULL, submit, library) != 0
            || pthread_join(thread, NULL) != 0)
            fail("thread", "cannot be made or joined");
        if (dlclose(library) != 0)
            fail("dlclose", dlerror());
        go_on_without();
    }
    puts("ok - the library was loaded and unloaded three times");
    return EXIT_SUCCESS;
}
