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
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static inline int dpx_errno(void) { return errno; }

// A variadic function and a variable that no header declares.
extern char **environ;
static inline int dpx_open_to_read(const char *path) { return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); }
static inline const char *const *dpx_environment(void) { return (const char *const *)environ; }
