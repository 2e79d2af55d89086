/* SPDX-License-Identifier: Apache-2.0
 *
 * The library tells its version and what it can do.
 */
#include "check.h"

int main(void)
{
    int32_t embedded = dp_has_feature("embedded");

    CHECK_TEXT(dp_version(), DP_VERSION);
    CHECK(dp_version() == dp_version());
    CHECK_INT(dp_has_feature("https"), 1);
    CHECK_INT(dp_has_feature("http2"), 1);
    CHECK(embedded == 0 || embedded == 1);
    CHECK_INT(dp_has_feature(""), 0);
    CHECK_INT(dp_has_feature("HTTPS"), 0);
    CHECK_INT(dp_has_feature("http"), 0);
    CHECK_INT(dp_has_feature("https2"), 0);
    return check_result();
}
