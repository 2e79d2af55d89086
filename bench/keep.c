/* SPDX-License-Identifier: Apache-2.0
 *
 * Keeps each object so that it is there when the program is killed, in four
 * files of 16 MiB over and over, which a second thread syncs every 500 ms.
 * BENCH_KEEP says how: "write" is a pwrite, "ask" is one after a question for
 * the limit that could end the program, "map" copies into a mapped file.
 */
#define _GNU_SOURCE
#include "bench.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 4, FILE_BYTES = 16 << 20, PATH_BYTES = 4096 };

struct files {
    int files[FILES];
    char *maps[FILES];
    size_t current;
    size_t at;
    /* The thread that syncs, and what ends it. */
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    int is_ending;
};

static void *sync_all(void *context)
{
    struct files *files = (struct files *)context;
    struct timespec next;

    pthread_mutex_lock(&files->mutex);
    clock_gettime(CLOCK_REALTIME, &next);
    while (!files->is_ending) {
        next.tv_sec += next.tv_nsec >= 500000000;
        next.tv_nsec = (next.tv_nsec + 500000000) % 1000000000;
        if (pthread_cond_timedwait(&files->ended, &files->mutex, &next) == 0)
            continue;
        pthread_mutex_unlock(&files->mutex);
        for (size_t i = 0; i < FILES; i++)
            if (fdatasync(files->files[i]) != 0)
                bench_fail("fdatasync", strerror(errno));
        pthread_mutex_lock(&files->mutex);
    }
    pthread_mutex_unlock(&files->mutex);
    return NULL;
}

static void open_files(struct files *files, const char *prefix)
{
    memset(files, 0, sizeof *files);
    for (size_t i = 0; i < FILES; i++) {
        char path[PATH_BYTES];

        snprintf(path, sizeof path, "%s%zu", prefix, i);
        files->files[i] = open(path, O_RDWR | O_CREAT, 0600);
        if (files->files[i] < 0
            || fallocate(files->files[i], 0, 0, FILE_BYTES) != 0)
            bench_fail(path, strerror(errno));
        /* The file goes with the program. */
        unlink(path);
        files->maps[i] = (char *)mmap(NULL, FILE_BYTES, PROT_READ | PROT_WRITE,
                                      MAP_SHARED, files->files[i], 0);
        if (files->maps[i] == MAP_FAILED)
            bench_fail("mmap", strerror(errno));
    }
    pthread_mutex_init(&files->mutex, NULL);
    pthread_cond_init(&files->ended, NULL);
    if (pthread_create(&files->thread, NULL, sync_all, files) != 0)
        bench_fail("pthread_create", "no thread");
}

static void close_files(struct files *files)
{
    pthread_mutex_lock(&files->mutex);
    files->is_ending = 1;
    pthread_cond_signal(&files->ended);
    pthread_mutex_unlock(&files->mutex);
    pthread_join(files->thread, NULL);
    for (size_t i = 0; i < FILES; i++)
        close(files->files[i]);
}

static void keep(struct files *files, const struct bench_object *object,
                 const char *how)
{
    struct rlimit limit;
    size_t at = files->at;

    if (at + object->length > FILE_BYTES) {
        files->current = (files->current + 1) % FILES;
        at = 0;
    }
    files->at = at + object->length;
    if (*how == 'm') {
        memcpy(files->maps[files->current] + at, object->text, object->length);
        return;
    }
    if (*how == 'a'
        && (getrlimit(RLIMIT_FSIZE, &limit) != 0
            || limit.rlim_cur < files->at))
        bench_fail("RLIMIT_FSIZE", "too low");
    if (pwrite(files->files[files->current], object->text, object->length,
               (off_t)at)
        != (ssize_t)object->length)
        bench_fail("pwrite", strerror(errno));
}

int main(int argc, char **argv)
{
    const char *prefix = getenv("BENCH_FILE");
    const char *how = getenv("BENCH_KEEP");
    struct bench bench;
    struct files files;

    bench_begin(&bench, argc, argv);
    if (!prefix || !how || !*how || !strchr("wam", *how))
        bench_fail("BENCH_FILE, BENCH_KEEP", "a path; write, ask or map");
    open_files(&files, prefix);
    for (size_t i = 0; i < bench.count; i++)
        keep(&files, bench_next(&bench), how);
    close_files(&files);
    return bench_end(&bench, bench.count);
}
