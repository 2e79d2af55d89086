// SPDX-License-Identifier: Apache-2.0
// What the engine uses of the C library. Embedded Swift has no overlay for it.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline int dpx_errno(void) { return errno; }

static inline int dpx_is_readable_file(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, R_OK) == 0;
}

static inline void dpx_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Functions that the headers show only to those who ask for more than C.
extern char *strptime(const char *text, const char *format, struct tm *parts);
extern void *memmem(const void *text, size_t count, const void *part, size_t part_count);
static inline const char *dpx_read_time(const char *text, const char *format, struct tm *parts) {
    return strptime(text, format, parts);
}
static inline int dpx_contains(const void *text, size_t count, const void *part, size_t part_size) {
    return memmem(text, count, part, part_size) != NULL;
}

// A variadic function and a variable that no header declares.
extern char **environ;
static inline int dpx_open_to_read(const char *path) {
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}
static inline const char *const *dpx_environment(void) { return (const char *const *)environ; }
