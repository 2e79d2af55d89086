/* SPDX-License-Identifier: Apache-2.0
 *
 * How often the thread of a producer wakes up that has nothing to do: over two
 * seconds, once it has sent COUNT objects and all are reported.
 */
#define _GNU_SOURCE /* nanosleep, opendir */
#include "stream.h"

#include <dirent.h>
#include <time.h>

/* A line of a file of this process's thread; whether there was one. */
static int find_line(const char *thread, const char *file, const char *format,
                     void *value)
{
    char path[300];
    char line[256];
    FILE *lines = NULL;
    int found = 0;

    snprintf(path, sizeof path, "/proc/self/task/%s/%s", thread, file);
    lines = fopen(path, "r");
    while (lines && !found && fgets(line, sizeof line, lines))
        found = sscanf(line, format, value) == 1;
    if (lines)
        fclose(lines);
    return found;
}

/* How often the producer's thread went to sleep by itself. */
static unsigned long sleeps(void)
{
    DIR *threads = opendir("/proc/self/task");
    struct dirent *entry = NULL;
    unsigned long count = 0;
    int found = 0;

    while (threads && !found && (entry = readdir(threads))) {
        char name[32] = "";
        found = find_line(entry->d_name, "comm", "%31s", name)
                && strcmp(name, "datapanel") == 0
                && find_line(entry->d_name, "status",
                             "voluntary_ctxt_switches: %lu", &count);
    }
    if (threads)
        closedir(threads);
    if (!found)
        bench_fail("thread", "is not there");
    return count;
}

int main(int argc, char **argv)
{
    /* After one it gives memory back. */
    const struct timespec settling = {2, 0};
    const struct timespec watched = {2, 0};
    struct bench bench;
    dp_producer *producer = NULL;
    unsigned long before = 0;
    size_t done = 0;

    bench_begin(&bench, argc, argv);
    producer = stream_open(stream_config());
    for (size_t sent = 0; sent < bench.count; sent++)
        stream_send(producer, bench_next(&bench));
    while (done < bench.count)
        done += stream_collect(producer, 1000);
    nanosleep(&settling, NULL);
    before = sleeps();
    nanosleep(&watched, NULL);
    printf("wakeups %lu ", sleeps() - before);
    stream_close(producer, done, bench.count);
    return bench_end(&bench, done);
}
