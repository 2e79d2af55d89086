/* SPDX-License-Identifier: Apache-2.0
 *
 * A producer in memory, in a program that writes each object to a file before
 * it hands it over, over and over the same 16 MiB: the least work that keeps
 * an object when the program is killed, without a word of what becomes of it.
 */
#define _XOPEN_SOURCE 500
#include "stream.h"

#include <fcntl.h>
#include <unistd.h>

enum { COLLECT_EVERY = 100, FILE_BYTES = 16 << 20 };

static void write_down(int file, off_t *at, const struct bench_object *object)
{
    if (*at + (off_t)object->length > FILE_BYTES)
        *at = 0;
    if (pwrite(file, object->text, object->length, *at)
        != (ssize_t)object->length)
        bench_fail("pwrite", strerror(errno));
    *at += (off_t)object->length;
}

int main(int argc, char **argv)
{
    const char *path = getenv("BENCH_FILE");
    struct bench bench;
    dp_producer *producer = NULL;
    size_t done = 0;
    off_t at = 0;
    int file = -1;

    bench_begin(&bench, argc, argv);
    file = open(path ? path : "", O_RDWR | O_CREAT, 0600);
    if (file < 0)
        bench_fail("BENCH_FILE", strerror(errno));
    producer = stream_open(stream_settings(&bench));
    for (size_t sent = 1; sent <= bench.count; sent++) {
        const struct bench_object *object = bench_next(&bench);
        write_down(file, &at, object);
        stream_send(producer, object);
        if (sent % COLLECT_EVERY == 0)
            done += stream_collect(producer, 0);
    }
    stream_close(producer, done, bench.count);
    close(file);
    return bench_end(&bench, bench.count);
}
