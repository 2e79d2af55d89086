/* SPDX-License-Identifier: Apache-2.0
 *
 * What all contenders share. Each is started as
 *     PROGRAM OBJECTS COUNT BATCH [IN_FLIGHT]
 * and works on COUNT objects, a multiple of BATCH: the lines of the file
 * OBJECTS, over and over. With 0 as COUNT it does all but the work, which
 * tells what starting it costs. On success it says what it did and how much
 * memory it ever had; on anything unexpected it stops with a message.
 */
#ifndef BENCH_H
#define BENCH_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The data class that everything is sent to: the emulator's Alert. */
#define BENCH_TARGET "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"

struct bench_object {
    const char *text;
    size_t length;
};

struct bench {
    size_t count;     /* how many objects to work on in this run */
    size_t batch;     /* how many of them go into one request */
    size_t in_flight; /* how many requests at once, if the contender can */
    struct bench_object *lines;
    size_t lines_count;
    size_t next; /* the line that bench_next returns */
    char *file;
};

static inline void bench_fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why ? why : "unknown reason");
    exit(EXIT_FAILURE);
}

static inline void *bench_alloc(size_t size)
{
    void *memory = malloc(size);

    if (!memory)
        bench_fail("malloc", strerror(errno));
    return memory;
}

static inline size_t bench_number(const char *text)
{
    char *end = NULL;
    unsigned long long number = strtoull(text, &end, 10);

    if (end == text || *end)
        bench_fail(text, "not a number");
    return (size_t)number;
}

/* The whole file, with a NUL behind it. */
static inline char *bench_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size = -1;

    if (file && fseek(file, 0, SEEK_END) == 0)
        size = ftell(file);
    if (size < 0 || fseek(file, 0, SEEK_SET) != 0)
        bench_fail(path, strerror(errno));
    text = (char *)bench_alloc((size_t)size + 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size)
        bench_fail(path, "cannot be read");
    fclose(file);
    text[size] = '\0';
    return text;
}

static inline void bench_begin(struct bench *bench, int argc, char **argv)
{
    size_t lines = 0;
    char *line = NULL;
    char *end = NULL;

    if (argc < 4 || argc > 5)
        bench_fail(argv[0], "takes OBJECTS COUNT BATCH [IN_FLIGHT]");
    memset(bench, 0, sizeof *bench);
    bench->count = bench_number(argv[2]);
    bench->batch = bench_number(argv[3]);
    bench->in_flight = argc > 4 ? bench_number(argv[4]) : 1;
    if (bench->batch == 0 || bench->count % bench->batch || !bench->in_flight)
        bench_fail(argv[0], "BATCH must divide COUNT; only COUNT may be 0");

    bench->file = bench_read(argv[1]);
    for (line = bench->file; (end = strchr(line, '\n')); line = end + 1)
        lines++;
    if (lines == 0)
        bench_fail(argv[1], "has no lines");
    bench->lines = (struct bench_object *)bench_alloc(lines
                                                      * sizeof *bench->lines);
    for (line = bench->file; (end = strchr(line, '\n')); line = end + 1) {
        bench->lines[bench->lines_count].text = line;
        bench->lines[bench->lines_count++].length = (size_t)(end - line);
    }
}

static inline const struct bench_object *bench_next(struct bench *bench)
{
    const struct bench_object *object = &bench->lines[bench->next];

    if (++bench->next == bench->lines_count)
        bench->next = 0;
    return object;
}

/* The most memory that this program ever had, by the kernel's figure. That of
 * wait4 will not do: it begins with the size of what started this one. */
static inline unsigned long bench_peak_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    unsigned long peak = 0;

    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %lu", &peak) == 1)
            break;
    if (status)
        fclose(status);
    return peak;
}

/* Says what was done; the last thing that a contender does. */
static inline int bench_end(struct bench *bench, size_t done)
{
    printf("objects %zu peak_kib %lu\n", done, bench_peak_kib());
    free(bench->lines);
    free(bench->file);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif /* BENCH_H */
