/* SPDX-License-Identifier: Apache-2.0
 *
 * Every code of the header has its name, and no other number has one.
 */
#include "check.h"

#include <string.h>

/* CODE(DP_OK) and so on, which the Makefile takes from the header. */
#define CODE(name) { name, #name },
static const struct {
    dp_code code;
    const char *name;
} codes[] = {
#include "codes.inc"
};
#undef CODE

#define COUNT (sizeof codes / sizeof codes[0])

static int is_known(dp_code code)
{
    for (size_t i = 0; i < COUNT; i++)
        if (codes[i].code == code)
            return 1;
    return 0;
}

int main(void)
{
    CHECK(COUNT >= 32);
    for (size_t i = 0; i < COUNT; i++)
        CHECK_TEXT(dp_code_name(codes[i].code), codes[i].name);
    for (dp_code code = -1; code < 1000; code++)
        if (!is_known(code))
            CHECK_TEXT(dp_code_name(code), "DP_E_UNKNOWN");
    CHECK_TEXT(dp_code_name(INT32_MIN), "DP_E_UNKNOWN");
    CHECK_TEXT(dp_code_name(INT32_MAX), "DP_E_UNKNOWN");
    return check_result();
}
