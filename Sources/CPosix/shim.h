// SPDX-License-Identifier: Apache-2.0
// What the engine uses of the C library. Embedded Swift has no overlay for it.
#pragma once
#define _GNU_SOURCE 1
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
