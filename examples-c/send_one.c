/* SPDX-License-Identifier: Apache-2.0
 *
 * send_one builds one alert member by member, submits it, and prints the id
 * that the service gave it.
 *
 * Usage: send_one DATA_CLASS_ID
 * Settings come from the environment; README.md lists them.
 */
#include <datapanel.h>
#include <stdio.h>
#include <stdlib.h>

/* Stops at the first member that is refused; `error` tells why. */
static dp_code fill(dp_object *alert, dp_error **error)
{
    dp_code code = dp_object_set_string(alert, "title", "SSH brute force",
                                        error);
    if (code == DP_OK)
        code = dp_object_set_string(alert, "severity", "High", error);
    if (code == DP_OK)
        code = dp_object_set_int(alert, "count", 212, error);
    if (code == DP_OK)
        code = dp_object_set_string(alert, "data_source.product_name",
                                    "edge-ids", error);
    /* [+] appends an element to the list, [-1] is the one just appended. */
    if (code == DP_OK)
        code = dp_object_set_string(alert, "network_list[+].src_ip",
                                    "203.0.113.7", error);
    if (code == DP_OK)
        code = dp_object_set_int(alert, "network_list[-1].src_port", 50122,
                                 error);
    return code;
}

int main(int argc, char **argv)
{
    dp_error *error = NULL;
    dp_config *config = dp_config_new();
    dp_object *alert = dp_object_new();
    dp_request *request = dp_request_new();
    dp_client *client = NULL;
    dp_reports *reports = NULL;
    dp_code code;
    int status = EXIT_FAILURE;

    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA_CLASS_ID\n", argv[0]);
        goto done;
    }
    code = dp_config_load(config, NULL, &error);
    if (code == DP_OK) {
        client = dp_client_new(config, &error);
        code = dp_error_code(error);
    }
    if (code == DP_OK)
        code = fill(alert, &error);
    if (code == DP_OK)
        code = dp_request_add_object(request, alert, &error);
    if (code == DP_OK)
        code = dp_client_submit(client, argv[1], request, 0, &reports, &error);

    if (code != DP_OK)
        fprintf(stderr, "%s: %s\n", dp_code_name(code),
                dp_error_message(error));
    else if (puts(dp_reports_at(reports, 0)->id) == EOF ||
             fflush(stdout) != 0)
        perror("stored, but its id cannot be written");
    else
        status = EXIT_SUCCESS;
done:
    dp_reports_free(reports);
    dp_client_free(client);
    dp_request_free(request);
    dp_object_free(alert);
    dp_config_free(config);
    dp_error_free(error);
    return status;
}
