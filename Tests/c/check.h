/* SPDX-License-Identifier: Apache-2.0
 *
 * What every test program shares: claims, and the emulator that run.sh has
 * started for it. A program makes its claims and returns check_result().
 */
#ifndef CHECK_H
#define CHECK_H

#include <datapanel.h>
#include <stddef.h>
#include <stdint.h>

/* Claims. A failed one prints its place and both sides, and the program goes
 * on; REQUIRE is for what the rest cannot do without, and ends it. Safe from
 * any thread. */
#define CHECK(claim) check_claim((claim) ? 1 : 0, #claim, __FILE__, __LINE__)
#define CHECK_INT(got, wanted)                                             \
    check_int((long long)(got), (long long)(wanted), #got, __FILE__, __LINE__)
#define CHECK_CODE(got, wanted)                                            \
    check_code((got), (wanted), #got, __FILE__, __LINE__)
#define CHECK_TEXT(got, wanted)                                            \
    check_text((got), (wanted), #got, __FILE__, __LINE__)
#define CHECK_HAS(got, part)                                               \
    check_has((got), (part), #got, __FILE__, __LINE__)
#define REQUIRE(claim)                                                     \
    do {                                                                   \
        if (!CHECK(claim))                                                 \
            check_stop();                                                  \
    } while (0)

int check_claim(int holds, const char *text, const char *file, int line);
int check_int(long long got, long long wanted, const char *text,
              const char *file, int line);
int check_code(dp_code got, dp_code wanted, const char *text, const char *file,
               int line);
int check_text(const char *got, const char *wanted, const char *text,
               const char *file, int line);
int check_has(const char *got, const char *part, const char *text,
              const char *file, int line);
void check_stop(void);

/* Puts a name in front of the failures of this thread, such as the row of a
 * table; NULL takes it away. Borrowed. */
void check_row(const char *name);

/* Prints the one line of the program; the value for main to return. */
int check_result(void);

/* The emulator's class of alerts. */
#define ALERT "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02"
#define TOKEN "emulator-token"

/* The settings of this program's emulator, from the environment, with short
 * pauses between attempts; a client with them; and one with another endpoint
 * or, generally, one more setting. */
dp_config *check_config(void);
dp_client *check_client(void);
dp_client *check_client_with(const char *key, const char *value);

/* A request of `count` objects {"n":0}, {"n":1}, … */
dp_request *check_request(size_t count);

/* One call of the emulator, past the library. Returns the reply, to be freed;
 * `status` may be NULL. */
char *check_call(const char *method, const char *path, const char *body,
                 long *status);

/* Clears the emulator's faults and objects, then scripts `fault`, if any. */
void check_fault(const char *fault);

/* A number of the emulator's statistics: "objects", "requests" or
 * "connections", all since the last check_fault. */
long check_stat(const char *name);

/* Seconds of a clock that never steps. */
double check_now(void);

/* `length` bytes of JSON, an object, NUL-terminated, to be freed. */
char *check_big_object(size_t length);

/* What went to a field of an error, "" where there is none. */
const char *check_field(const dp_error *error, const char *name);

#endif
