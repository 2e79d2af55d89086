/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory runs out at each place in turn: every call of the library for memory
 * of no fixed size fails once, in a scenario that is played again and again.
 * The call says DP_E_NOMEM or is none the worse; what was taken is reported
 * exactly once; and the same handle works again at once.
 */
#define _GNU_SOURCE /* RTLD_NEXT, dl_iterate_phdr */
#include "produce.h"
#include "service.h"

#include <dlfcn.h>
#include <ftw.h>
#include <link.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ----------------------------------------------------------- the memory -- */

static uintptr_t library_begin, library_end;
/* What the runtime of Swift takes with malloc cannot be refused it; the one
 * that is shipped by default does not use it. */
static int is_malloc_ours;
/* A memory checker has put its own functions in place of these: each scenario
 * is played once, with memory enough. */
static int is_replaced;
/* Calls from now until one fails; 0: none will. */
static atomic_long countdown;
/* What it begins with, in this turn. */
static long first;
static atomic_long calls;

static int fails(const void *caller)
{
    uintptr_t place = (uintptr_t)caller;

    if (place < library_begin || place >= library_end)
        return 0;
    atomic_fetch_add(&calls, 1);
    return atomic_load(&countdown) > 0
        && atomic_fetch_sub(&countdown, 1) == 1;
}

#define NEXT(name, type)                                                   \
    static _Atomic(type) next;                                             \
    type function = atomic_load(&next);                                    \
    if (!function) {                                                       \
        *(void **)&function = dlsym(RTLD_NEXT, name);                      \
        atomic_store(&next, function);                                     \
    }

typedef void *(*malloc_fn)(size_t);
typedef void *(*calloc_fn)(size_t, size_t);
typedef void *(*realloc_fn)(void *, size_t);

void *malloc(size_t size)
{
    NEXT("malloc", malloc_fn)
    if (is_malloc_ours && fails(__builtin_return_address(0)))
        return NULL;
    return function(size);
}

void *calloc(size_t count, size_t size)
{
    NEXT("calloc", calloc_fn)
    if (is_malloc_ours && fails(__builtin_return_address(0)))
        return NULL;
    return function(count, size);
}

void *realloc(void *memory, size_t size)
{
    NEXT("realloc", realloc_fn)
    if (fails(__builtin_return_address(0)))
        return NULL;
    return function(memory, size);
}

static int find_library(struct dl_phdr_info *info, size_t size, void *context)
{
    (void)size;
    (void)context;
    if (!strstr(info->dlpi_name, "libdatapanel"))
        return 0;
    library_begin = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t end = info->dlpi_addr + part->p_vaddr + part->p_memsz;

        if (part->p_type == PT_LOAD && end > library_end)
            library_end = end;
    }
    return 1;
}

static void arm(void)
{
    atomic_store(&countdown, first);
}

static void prepare_memory(void)
{
    dp_config *config;

    REQUIRE(dl_iterate_phdr(find_library, NULL) == 1);
    is_malloc_ours = 1;
    atomic_store(&calls, 0);
    config = dp_config_new();
    is_malloc_ours = atomic_load(&calls) == 0;
    CHECK_CODE(dp_config_set(config, "endpoint", "http://127.0.0.1:1", NULL),
               DP_OK);
    is_replaced = atomic_load(&calls) == 0;
    dp_config_free(config);
}

/* --------------------------------------------------------- the scenarios -- */

static struct service *service;
static char folder[] = "/tmp/datapanel-memory-XXXXXX";
static char row[80];

/* OK, or out of memory. Returns whether it is the first. */
static int taken(dp_code code, const dp_error *error)
{
    if (code != DP_OK && code != DP_E_NOMEM)
        fprintf(stderr, "    %s: %d %s\n", row, (int)code,
                dp_error_message(error));
    CHECK(code == DP_OK || code == DP_E_NOMEM);
    return code == DP_OK;
}

static int set(dp_config *config, const char *key, const char *value)
{
    dp_error *error = NULL;
    int is_set = taken(dp_config_set(config, key, value, &error), error);

    if (is_set)
        CHECK_TEXT(dp_config_get(config, key), value);
    dp_error_free(error);
    return is_set;
}

static dp_config *config_of(const char *const *settings)
{
    dp_config *config = check_config();

    arm();
    for (; *settings; settings += 2)
        while (!set(config, settings[0], settings[1]))
            ;
    while (!set(config, "endpoint", service_url(service)))
        ;
    return config;
}

static void settings(void)
{
    dp_config *config = dp_config_new();
    dp_error *error = NULL;
    char path[80];
    FILE *file;

    arm();
    set(config, "endpoint", "http://127.0.0.1:1");
    set(config, "workspace.id", "a text that is not quite short");
    snprintf(path, sizeof path, "%s/settings", folder);
    file = fopen(path, "wb");
    REQUIRE(file != NULL);
    fputs("endpoint = http://127.0.0.1:2\nproject.id = p1\n", file);
    fclose(file);
    if (taken(dp_config_load(config, path, &error), error)) {
        CHECK_TEXT(dp_config_get(config, "project.id"), "p1");
        CHECK_TEXT(dp_config_get(config, "endpoint"), "http://127.0.0.1:2");
    } else {
        CHECK_TEXT(dp_config_get(config, "project.id"), "");
    }
    dp_error_free(error);
    dp_config_free(config);
}

static void request(void)
{
    dp_request *request;
    dp_object *object;
    dp_error *error = NULL;
    char *text;

    arm();
    request = dp_request_new();
    object = dp_object_new();
    if (!request)
        request = dp_request_new();
    if (!object)
        object = dp_object_new();
    REQUIRE(request && object);
    while (!taken(dp_request_add(request, "{\"a\":1}", 7, &error), error))
        dp_error_free(error);
    while (!taken(dp_object_set_string(object, "title", "x", &error), error))
        dp_error_free(error);
    while (!taken(dp_request_add_object(request, object, &error), error))
        dp_error_free(error);
    text = dp_request_body(request, NULL, NULL, &error);
    if (text)
        CHECK_HAS(text, "{\"a\":1},{\"title\":\"x\"}");
    else
        CHECK_CODE(dp_error_code(error), DP_E_NOMEM);
    dp_error_free(error);
    dp_free(text);
    dp_object_free(object);
    dp_request_free(request);
}

static void client(void)
{
    static const char *const none[] = { NULL };
    dp_request *request = check_request(2);
    dp_config *config = config_of(none);
    dp_error *error = NULL;
    dp_client *client = dp_client_new(config, &error);
    int is_over = 0;

    if (!client) {
        CHECK_CODE(dp_error_code(error), DP_E_NOMEM);
        dp_error_free(error);
        client = dp_client_new(config, NULL);
    }
    REQUIRE(client != NULL);
    for (int attempt = 0; attempt < 2 && !is_over; attempt++) {
        dp_reports *reports = NULL;

        dp_code code;

        error = NULL;
        code = dp_client_submit(client, ALERT, request, 0, &reports, &error);
        /* Where there was none for the reply, all is stored. */
        is_over = code != DP_E_REPLY && taken(code, error);
        for (size_t i = 0; i < dp_reports_count(reports); i++)
            CHECK((dp_reports_at(reports, i)->id != NULL) == is_over);
        CHECK_INT(dp_reports_count(reports), reports ? 2 : 0);
        dp_error_free(error);
        dp_reports_free(reports);
    }
    CHECK(is_over);
    dp_client_free(client);
    dp_request_free(request);
    dp_config_free(config);
}

/* Objects that were taken are reported once; more of them arrive in the end. */
static void produce(const char *const *settings, const char *third)
{
    enum { OBJECTS = 6 };
    dp_config *config = config_of(settings);
    dp_error *error = NULL;
    dp_producer *producer = dp_producer_new(config, &error);
    dp_reports *left = NULL;
    size_t count = 0;
    size_t seen = 0;
    int reports[OBJECTS * 2 + 1] = { 0 };
    double until = check_now() + PATIENCE;
    char *stats;

    if (!producer) {
        CHECK_CODE(dp_error_code(error), DP_E_NOMEM);
        dp_error_free(error);
        producer = dp_producer_new(config, NULL);
    }
    REQUIRE(producer != NULL);
    for (int i = 0; i < OBJECTS; i++) {
        const char *json = i == 3 ? third : "{\"n\":1}";
        dp_code code;

        error = NULL;
        code = dp_producer_send(producer, ALERT, json, strlen(json), &count,
                                0, NULL, &error);
        count += (size_t)taken(code, error);
        dp_error_free(error);
    }
    error = NULL;
    taken(dp_producer_flush(producer, 30000, &error), error);
    dp_error_free(error);
    while (seen < count && check_now() < until) {
        dp_reports *part = NULL;

        taken(dp_producer_poll(producer, 100, 0, &part), NULL);
        for (size_t i = 0; i < dp_reports_count(part); i++) {
            const dp_report *report = dp_reports_at(part, i);

            CHECK(report->ticket > 0);
            /* A former producer could not note that it was done with it. */
            if (report->flags & DP_RECOVERED)
                continue;
            CHECK(report->opaque == &count);
            seen++;
            if (report->ticket < sizeof reports / sizeof reports[0])
                CHECK_INT(++reports[report->ticket], 1);
        }
        dp_reports_free(part);
    }
    CHECK_INT(seen, count);
    stats = dp_producer_stats(producer, "json");
    dp_free(stats);
    error = NULL;
    taken(dp_producer_close(producer, 30000, &left, &error), error);
    CHECK_INT(dp_reports_count(left), 0);
    dp_reports_free(left);
    dp_error_free(error);
    dp_producer_free(producer);
    dp_config_free(config);
}

static char spool[80], letters[80];

static void producer(void)
{
    static const char *const settings[] = { "linger", "1ms", NULL };
    produce(settings, "{\"n\":1}");
}

static void producer_with_spool(void)
{
    const char *const settings[] = { "linger", "1ms", "spool.path", spool,
                                     NULL };
    produce(settings, "{\"n\":1}");
}

static void producer_with_letters(void)
{
    const char *const settings[] = { "linger", "1ms", "dead_letter.path",
                                     letters, "batch.objects", "1", NULL };
    produce(settings, "{\"bad\":1}");
}

static struct service_answer refuse_bad(const struct service_request *request,
                                        void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)context;
    if (strstr(request->body, "\"bad\"")) {
        answer.status = 400;
        answer.body = "{\"error_code\":\"SecMaster.1\",\"error_msg\":\"no\"}";
    }
    return answer;
}

static int remove_entry(const char *path, const struct stat *status, int type,
                        struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

int main(void)
{
    static const struct {
        const char *name;
        void (*play)(void);
        /* Calls there are to fail; fewer with the static flavour. */
        long least;
    } scenarios[] = {
        { "settings", settings, 2 },
        { "request", request, 3 },
        { "client", client, 10 },
        { "producer", producer, 10 },
        { "producer with a spool", producer_with_spool, 10 },
        { "producer with dead letters", producer_with_letters, 10 },
    };

    REQUIRE(mkdtemp(folder) != NULL);
    snprintf(spool, sizeof spool, "%s/spool", folder);
    snprintf(letters, sizeof letters, "%s/letters", folder);
    prepare_memory();
    for (size_t i = 0; i < sizeof scenarios / sizeof scenarios[0]; i++) {
        long call = 0;
        int is_over = 0;

        while (!is_over) {
            snprintf(row, sizeof row, "%s, call %ld", scenarios[i].name,
                     ++call);
            check_row(row);
            first = call;
            service = service_start(refuse_bad, NULL);
            scenarios[i].play();
            service_stop(service);
            is_over = atomic_exchange(&countdown, 0) > 0;
        }
        CHECK(is_replaced || call > scenarios[i].least);
    }
    check_row(NULL);
    CHECK_INT(nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
    return check_result();
}
