// SPDX-License-Identifier: Apache-2.0
// What the engine uses of the C library. Embedded Swift has no overlay for it.
#pragma once
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static inline int dpx_errno(void) { return errno; }

static inline int dpx_is_readable_file(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, R_OK) == 0;
}

typedef struct {
    int is_regular;
    int is_exposed; // others than its owner can read or write it
    long long size;
} dpx_file_facts;

static inline dpx_file_facts dpx_look_at(int file) {
    struct stat status;
    dpx_file_facts facts = { 0, 0, 0 };
    if (fstat(file, &status) != 0) return facts;
    facts.is_regular = S_ISREG(status.st_mode);
    facts.is_exposed = facts.is_regular && (status.st_mode & 0066) != 0;
    facts.size = facts.is_regular ? status.st_size : 0;
    return facts;
}

static inline void dpx_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// Functions that the headers show only to those who ask for more than C.
extern char *secure_getenv(const char *name);
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
// No link is followed, and nothing is waited for that somebody else may have put there.
static inline int dpx_open_to_add(const char *path) {
    return open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}
static inline int dpx_open_folder(const char *path) {
    return open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
}
// Whether the path leads to the open file, and over no link.
static inline int dpx_is_at(int file, const char *path) {
    struct stat there, here;
    return fstat(file, &here) == 0 && lstat(path, &there) == 0 && here.st_dev == there.st_dev
        && here.st_ino == there.st_ino;
}
// Whether an open file has no name any more.
static inline int dpx_is_removed(int file) {
    struct stat status;
    return fstat(file, &status) == 0 && status.st_nlink == 0;
}
static inline const char *const *dpx_environment(void) { return (const char *const *)environ; }

// Files in a folder that is held open. None is reached through a symbolic link.
extern long syscall(long number, ...);
extern int fallocate(int file, int mode, off_t offset, off_t count);
static inline int dpx_open_in(int folder, const char *name, int flags) {
    return openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
}
static inline int dpx_open_folder_in(int folder, const char *name) {
    return openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}
// Beyond the process's limit for a file the kernel would not only refuse, but end the process with
// SIGXFSZ: EFBIG without asking it.
static inline int dpx_is_within_limit(off_t end) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || (rlim_t)end <= limit.rlim_cur) return 1;
    errno = EFBIG;
    return 0;
}
static inline int dpx_reserve(int file, off_t count) {
    return dpx_is_within_limit(count) ? fallocate(file, 0, 0, count) : -1;
}
// Without the points of cancellation that a C library puts around it.
static inline ssize_t dpx_write_at(int file, const void *bytes, size_t count, off_t offset) {
    if (!dpx_is_within_limit(offset + (off_t)count)) return -1;
    return syscall(SYS_pwrite64, file, bytes, count, offset);
}
// At the end of a file that was opened to add to it.
static inline ssize_t dpx_add(int file, const void *bytes, size_t count) {
    if (!dpx_is_within_limit((off_t)dpx_look_at(file).size + (off_t)count)) return -1;
    return write(file, bytes, count);
}
// A descriptor of its own for the same file.
static inline int dpx_hold(int file) { return fcntl(file, F_DUPFD_CLOEXEC, 0); }
// Whether a folder is its user's alone to change.
static inline int dpx_is_private(int folder) {
    struct stat status;
    return fstat(folder, &status) == 0 && status.st_uid == geteuid()
        && (status.st_mode & 0022) == 0;
}
// Calls `body` with the name of everything in a folder; 0, or the reason it cannot be read.
static inline int dpx_for_each_name(
    int folder, void (*body)(const char *name, void *context), void *context) {
    int file = dpx_open_folder_in(folder, ".");
    DIR *names = file < 0 ? NULL : fdopendir(file);
    if (names == NULL) {
        int reason = errno;
        if (file >= 0) close(file);
        return reason;
    }
    struct dirent *entry;
    errno = 0;
    while ((entry = readdir(names)) != NULL) {
        if (entry->d_name[0] != '.') body(entry->d_name, context);
        errno = 0;
    }
    int reason = errno;
    closedir(names);
    return reason;
}
