/* SPDX-License-Identifier: Apache-2.0
 *
 * Secrets that were set are gone from the memory of the process when their
 * handles are. What libcurl copies to send a call is not ours to wipe, so
 * nothing is sent here.
 */
#define _DEFAULT_SOURCE /* explicit_bzero, mkstemp */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LENGTH 40
/* Only the rest is looked for: `free` writes over what comes first. */
#define FIRST 16

static const char *const keys[] = {
    "auth.token", "auth.password", "auth.secret_key", "auth.security_token",
};

/* A secret of its own for each key. It is made byte by byte, so that no
 * constant of this program has it, and what is looked for is not there. */
static char letter(size_t key, size_t at)
{
    return (char)('A' + (key * 7 + at * at * 3 + at * 5) % 26);
}

static void write_secret(size_t key, char *secret)
{
    for (size_t at = 0; at < LENGTH; at++)
        secret[at] = letter(key, at);
    secret[LENGTH] = '\0';
}

static int matches(const char *memory, size_t key)
{
    for (size_t at = FIRST; at < LENGTH; at++)
        if (memory[at - FIRST] != letter(key, at))
            return 0;
    return 1;
}

static long count_in(const char *memory, size_t size, size_t key)
{
    long found = 0;

    for (size_t at = 0; at + LENGTH - FIRST <= size; at++)
        found += matches(memory + at, key);
    return found;
}

/* How often a secret stands in what this process can write to: heap, stack
 * and data. */
static long copies(size_t key)
{
    static char part[1 << 20];
    FILE *maps = fopen("/proc/self/maps", "r");
    int memory = open("/proc/self/mem", O_RDONLY);
    char line[512];
    long found = 0;

    REQUIRE(maps != NULL && memory >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long low, high;
        char rights[5];

        if (sscanf(line, "%lx-%lx %4s", &low, &high, rights) != 3
            || strncmp(rights, "rw", 2) != 0)
            continue;
        while (low + LENGTH - FIRST <= high) {
            size_t size = high - low < sizeof part ? high - low : sizeof part;
            /* What was read before into `part` would be found again. */
            if (low < (unsigned long)(part + sizeof part)
                && low + size > (unsigned long)part) {
                low = (unsigned long)(part + sizeof part);
                continue;
            }
            ssize_t got = pread(memory, part, size, (off_t)low);
            if (got < LENGTH - FIRST)
                break;
            found += count_in(part, (size_t)got, key);
            low += (unsigned long)got - (LENGTH - FIRST - 1);
        }
    }
    memset(part, 0, sizeof part);
    close(memory);
    fclose(maps);
    return found;
}

/* The caller's own copy, which is the caller's to wipe. */
static void set(dp_config *config, size_t key)
{
    char secret[LENGTH + 1];

    write_secret(key, secret);
    CHECK_CODE(dp_config_set(config, keys[key], secret, NULL), DP_OK);
    explicit_bzero(secret, sizeof secret);
}

static void a_setting_is_wiped(void)
{
    for (size_t key = 0; key < sizeof keys / sizeof keys[0]; key++) {
        dp_config *config = dp_config_new();

        check_row(keys[key]);
        set(config, key);
        CHECK(copies(key) > 0);
        /* What was lent out may be in use for as long as the handle is. */
        CHECK_CODE(dp_config_set(config, keys[key], "other", NULL), DP_OK);
        CHECK(copies(key) > 0);
        dp_config_free(config);
        CHECK_INT(copies(key), 0);
    }
    check_row(NULL);
}

/* Of a token and of a secret key: what is replaced goes at once. */
static void a_client_wipes_what_is_replaced(void)
{
    static const char *const auths[] = { "token", "aksk" };
    static const size_t replaced[] = { 0, 2 };

    for (size_t i = 0; i < sizeof auths / sizeof auths[0]; i++) {
        const size_t key = replaced[i];
        dp_config *config = check_config();
        dp_client *client;

        check_row(auths[i]);
        CHECK_CODE(dp_config_set(config, "auth", auths[i], NULL), DP_OK);
        CHECK_CODE(dp_config_set(config, "auth.access_key", "AK", NULL),
                   DP_OK);
        set(config, key);
        client = dp_client_new(config, NULL);
        REQUIRE(client != NULL);
        dp_config_free(config);
        CHECK(copies(key) > 0);
        CHECK_CODE(dp_client_set(client, keys[key], "other", NULL), DP_OK);
        CHECK_INT(copies(key), 0);
        dp_client_free(client);
        CHECK_INT(copies(key), 0);
    }
    check_row(NULL);
}

static void a_file_is_wiped(void)
{
    char path[] = "/tmp/test_wiped_XXXXXX";
    int file = mkstemp(path);
    dp_config *config = dp_config_new();
    char secret[LENGTH + 1];

    REQUIRE(file >= 0);
    write_secret(1, secret);
    CHECK(dprintf(file, "auth.password = ") > 0);
    CHECK(write(file, secret, LENGTH) == LENGTH);
    explicit_bzero(secret, sizeof secret);
    close(file);
    CHECK_CODE(dp_config_load(config, path, NULL), DP_OK);
    CHECK(copies(1) > 0);
    dp_config_free(config);
    CHECK_INT(copies(1), 0);
    unlink(path);
}

int main(void)
{
    a_setting_is_wiped();
    a_client_wipes_what_is_replaced();
    a_file_is_wiped();
    return check_result();
}
