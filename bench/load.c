/* SPDX-License-Identifier: Apache-2.0
 *
 * Loads libcurl, then libdatapanel, as a program that has both as plug-ins
 * would, and says how long each took. Usage: load LIBCURL LIBDATAPANEL
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_us(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void *load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(EXIT_FAILURE);
    }
    return library;
}

int main(int argc, char **argv)
{
    const char *(*version)(void) = NULL;
    const char *answer = NULL;
    void *library = NULL;
    void *symbol = NULL;
    double began, between, ended;

    if (argc != 3) {
        fprintf(stderr, "usage: %s LIBCURL LIBDATAPANEL\n", argv[0]);
        return EXIT_FAILURE;
    }
    began = now_us();
    load(argv[1]);
    between = now_us();
    library = load(argv[2]);
    symbol = dlsym(library, "dp_version");
    /* ISO C knows no way from an object's pointer to a function's. */
    memcpy(&version, &symbol, sizeof version);
    answer = version ? version() : "";
    ended = now_us();

    printf("version %s libcurl_us %.1f libdatapanel_us %.1f\n", answer,
           between - began, ended - between);
    return EXIT_SUCCESS;
}
