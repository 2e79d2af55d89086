/* SPDX-License-Identifier: Apache-2.0
 *
 * Every function of the header is in the library, and the header may be
 * included twice.
 */
#include <datapanel.h>
#include <datapanel.h>

#include "check.h"

#define FUNCTION(name) { (void (*)(void))name, #name },
static const struct {
    void (*function)(void);
    const char *name;
} functions[] = {
#include "functions.inc"
};

int main(void)
{
    size_t count = sizeof functions / sizeof functions[0];

    CHECK(count >= 51);
    for (size_t i = 0; i < count; i++) {
        check_row(functions[i].name);
        CHECK(functions[i].function != NULL);
    }
    return check_result();
}
