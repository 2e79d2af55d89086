/* SPDX-License-Identifier: Apache-2.0
 *
 * A request can be submitted again, by any client, and grows in between; the
 * reports of the earlier submission stay as they are.
 */
#include "check.h"

#include <string.h>

int main(void)
{
    dp_client *one = check_client();
    dp_client *other = check_client();
    dp_request *request = check_request(2);
    dp_reports *first = NULL;
    dp_reports *second = NULL;
    char id[64] = "";

    check_fault("{\"status\":403}");
    CHECK_CODE(dp_client_submit(one, ALERT, request, 0, &first, NULL),
               DP_E_FORBIDDEN);
    CHECK_INT(dp_request_count(request), 2);
    CHECK_CODE(dp_request_add(request, "{\"n\":2}", 7, NULL), DP_OK);
    CHECK_CODE(dp_client_submit(other, ALERT, request, 0, &second, NULL),
               DP_OK);
    REQUIRE(dp_reports_count(first) == 2 && dp_reports_count(second) == 3);
    CHECK_INT(dp_reports_at(first, 1)->payload_len, 7);
    CHECK(memcmp(dp_reports_at(first, 1)->payload, "{\"n\":1}", 7) == 0);
    strncpy(id, dp_reports_at(second, 0)->id, sizeof id - 1);
    dp_reports_free(second);

    CHECK_CODE(dp_client_submit(other, ALERT, request, 0, &second, NULL),
               DP_OK);
    CHECK(strcmp(dp_reports_at(second, 0)->id, id) != 0);
    CHECK_INT(check_stat("objects"), 6);
    dp_reports_free(second);
    dp_reports_free(first);
    dp_request_free(request);
    dp_client_free(other);
    dp_client_free(one);
    return check_result();
}
