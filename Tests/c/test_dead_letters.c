/* SPDX-License-Identifier: Apache-2.0
 *
 * What finally failed stands in the file of dead letters before its report
 * says so: with its reason, byte for byte, whichever outcomes are reported.
 */
#define _GNU_SOURCE /* mkdtemp */
#include "produce.h"
#include "service.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/datapanel-letters-XXXXXX";
static char path[64];

/* Refuses what has a bad object in it. */
static struct service_answer refuse_bad(const struct service_request *request,
                                        void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };

    (void)context;
    if (strstr(request->body, "\"bad\"")) {
        answer.status = 400;
        answer.body = "{\"code\":\"SecMaster.20030001\","
                      "\"message\":\"severity is out of range\"}";
    }
    return answer;
}

/* The letters in the file, each with its object as a text in "raw"; to be
 * given back. */
static json_t *letters(void)
{
    FILE *file = fopen(path, "r");
    json_t *found = json_array();
    char line[4096];

    REQUIRE(file != NULL);
    while (fgets(line, sizeof line, file)) {
        json_t *letter = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        char *object = strstr(line, ",\"object\":");

        REQUIRE(json_is_object(letter) && object);
        CHECK_HAS(line, "}\n");
        object += strlen(",\"object\":");
        object[strlen(object) - strlen("}\n")] = '\0';
        json_object_set_new(letter, "raw", json_string(object));
        json_array_append_new(found, letter);
    }
    fclose(file);
    return found;
}

static const char *text_of(const json_t *letter, const char *name)
{
    return json_string_value(json_object_get(letter, name));
}

static long long number_of(const json_t *letter, const char *name)
{
    return json_integer_value(json_object_get(letter, name));
}

/* A counter of the statistics. */
static long long counter(dp_producer *producer, const char *name)
{
    char *text = dp_producer_stats(producer, "json");
    json_t *stats = json_loads(text ? text : "", 0, NULL);
    long long value;

    REQUIRE(json_is_integer(json_object_get(stats, name)));
    value = number_of(stats, name);
    json_decref(stats);
    dp_free(text);
    return value;
}

static dp_producer *producer_for(const char *endpoint, const char *reports)
{
    unlink(path);
    return PRODUCER("endpoint", endpoint, "batch.objects", "4",
                    "linger", "60s", "reports", reports,
                    "dead_letter.path", path);
}

static void a_refused_object_is_kept_with_its_reason(void)
{
    static const char bad[] = "{\"bad\" :\n 1.50}";
    struct service *service = service_start(refuse_bad, NULL);
    dp_producer *producer = producer_for(service_url(service), "all");
    struct gathered gathered = { 0 };
    const dp_report *report;
    struct stat status;
    uint64_t ticket;
    json_t *found;
    json_t *letter;

    REQUIRE(stat(path, &status) == 0);
    CHECK_INT(status.st_mode & 0777, 0600);
    produce_many(producer, 0, 3);
    ticket = produce_one(producer, bad);
    gather(&gathered, producer, 4);
    report = gathered_ticket(&gathered, ticket);
    REQUIRE(report != NULL);
    CHECK_CODE(report->code, DP_E_REJECTED);
    CHECK_INT(report->flags, DP_DEAD_LETTERED);
    CHECK_INT(report->payload_len, strlen(bad));
    CHECK_INT(gathered_ticket(&gathered, ticket - 1)->flags, 0);

    found = letters();
    REQUIRE(json_array_size(found) == 1);
    letter = json_array_get(found, 0);
    CHECK_INT(number_of(letter, "ticket"), ticket);
    CHECK_TEXT(text_of(letter, "target"), ALERT);
    CHECK_TEXT(text_of(letter, "code"), "DP_E_REJECTED");
    CHECK_TEXT(text_of(letter, "message"), report->message);
    CHECK_TEXT(text_of(letter, "stored"), "no");
    CHECK_INT(number_of(letter, "attempts"), report->attempts);
    CHECK_INT(number_of(letter, "http_status"), 400);
    CHECK_TEXT(text_of(letter, "server_code"), "SecMaster.20030001");
    CHECK_TEXT(text_of(letter, "request_id"), report->request_id);
    CHECK_TEXT(text_of(letter, "raw"), "{\"bad\" :  1.50}");
    CHECK_INT(counter(producer, "dead_letters"), 1);
    CHECK_INT(counter(producer, "dead_letters_failed"), 0);
    CHECK_INT(counter(producer, "dead_letters_dropped"), 0);
    json_decref(found);
    gathered_free(&gathered);
    dp_producer_free(producer);
    service_stop(service);
}

static void it_does_not_matter_what_is_reported(void)
{
    struct service *service = service_start(refuse_bad, NULL);
    dp_producer *producer = producer_for(service_url(service), "none");
    json_t *found;

    produce_many(producer, 0, 3);
    produce_one(producer, "{\"bad\":1}");
    CHECK_CODE(dp_producer_flush(producer, 60000, NULL), DP_OK);
    found = letters();
    CHECK_INT(json_array_size(found), 1);
    CHECK_INT(counter(producer, "dead_letters"), 1);
    json_decref(found);
    dp_producer_free(producer);
    service_stop(service);
}

/* What the program gave up itself is no dead letter; what is left at the end
 * is. */
static void what_is_left_is_kept_too(void)
{
    char url[64];
    int refusing = produce_refusing(url, sizeof url);
    dp_producer *producer = producer_for(url, "all");
    struct gathered gathered = { 0 };
    dp_reports *left = NULL;
    json_t *found;
    size_t count = 0;

    produce_many(producer, 0, 2);
    CHECK_CODE(dp_producer_purge(producer, NULL, &count), DP_OK);
    CHECK_INT(count, 2);
    gather(&gathered, producer, 2);
    CHECK_INT(gathered.reports[0]->flags, 0);
    produce_many(producer, 2, 3);
    CHECK_CODE(dp_producer_close(producer, 0, &left, NULL), DP_E_CANCELLED);
    CHECK_INT(dp_reports_count(left), 3);
    CHECK_INT(dp_reports_at(left, 0)->flags, DP_DEAD_LETTERED);
    found = letters();
    CHECK_INT(json_array_size(found), 3);
    CHECK_TEXT(text_of(json_array_get(found, 0), "code"), "DP_E_CANCELLED");
    CHECK_TEXT(text_of(json_array_get(found, 2), "raw"), "{\"n\":4}");
    CHECK_INT(counter(producer, "dead_letters"), 3);
    json_decref(found);
    dp_reports_free(left);
    gathered_free(&gathered);
    dp_producer_free(producer);
    close(refusing);
}

/* The first line of a log that is an error. */
static char complaint[512];

static void note(int32_t level, const char *area, const char *message,
                 void *context)
{
    (void)area;
    (void)context;
    if (level == 3 && !complaint[0])
        snprintf(complaint, sizeof complaint, "%s", message);
}

/* Without the file everything goes on, but for the flag. */
static void a_letter_that_cannot_be_written_is_told_of(void)
{
    struct service *service = service_start(refuse_bad, NULL);
    dp_config *config = check_config();
    struct gathered gathered = { 0 };
    dp_producer *producer;

    unlink(path);
    dp_config_set(config, "endpoint", service_url(service), NULL);
    dp_config_set(config, "linger", "10ms", NULL);
    dp_config_set(config, "dead_letter.path", path, NULL);
    dp_config_set_log(config, note, NULL);
    producer = dp_producer_new(config, NULL);
    REQUIRE(producer != NULL);
    /* Somebody puts a folder in its place. */
    CHECK(unlink(path) == 0 && mkdir(path, 0700) == 0);
    produce_one(producer, "{\"bad\":1}");
    gather(&gathered, producer, 1);
    CHECK_CODE(gathered.reports[0]->code, DP_E_REJECTED);
    CHECK_INT(gathered.reports[0]->flags, 0);
    CHECK_INT(counter(producer, "dead_letters_failed"), 1);
    CHECK_HAS(complaint, path);
    CHECK_HAS(complaint, "Is a directory");
    /* And takes it away again. */
    CHECK(rmdir(path) == 0);
    gathered_free(&gathered);
    produce_one(producer, "{\"bad\":2}");
    gather(&gathered, producer, 1);
    CHECK_INT(gathered.reports[0]->flags, DP_DEAD_LETTERED);
    gathered_free(&gathered);
    dp_producer_free(producer);
    dp_config_free(config);
    service_stop(service);
}

static void is_refused(const char *place, const char *reason)
{
    dp_config *config = check_config();
    dp_error *error = NULL;

    CHECK_CODE(dp_config_set(config, "dead_letter.path", place, NULL), DP_OK);
    CHECK(dp_producer_new(config, &error) == NULL);
    CHECK_CODE(dp_error_code(error), DP_E_FILE);
    CHECK_HAS(dp_error_message(error), "dead_letter.path");
    CHECK_HAS(dp_error_message(error), reason);
    dp_error_free(error);
    dp_config_free(config);
}

static void only_a_file_of_ours_will_do(void)
{
    unlink(path);
    CHECK(symlink("/tmp/elsewhere", path) == 0);
    is_refused(path, "symbolic link");
    unlink(path);
    CHECK(mkfifo(path, 0600) == 0);
    is_refused(path, "no regular file");
    unlink(path);
    is_refused("/no/such/folder/dead.ndjson", "No such file");
}

int main(void)
{
    REQUIRE(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/dead.ndjson", folder);
    a_refused_object_is_kept_with_its_reason();
    it_does_not_matter_what_is_reported();
    what_is_left_is_kept_too();
    a_letter_that_cannot_be_written_is_told_of();
    only_a_file_of_ours_will_do();
    unlink(path);
    CHECK(rmdir(folder) == 0);
    return check_result();
}
