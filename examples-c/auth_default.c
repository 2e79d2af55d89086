/* SPDX-License-Identifier: Apache-2.0
 *
 * auth_default has no credentials of its own: the library finds them. It looks
 * at the settings, at the environment (HUAWEICLOUD_SDK_AK and its kin), at the
 * profile file (~/.huaweicloud/credentials) and, on a cloud server, asks the
 * metadata service, whose keys it renews before they end. The log tells where
 * it found some, and why it passed by the places before.
 *
 * Usage: auth_default DATA_CLASS_ID
 * All other settings come from the environment; README.md lists them.
 */
#include <datapanel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines of this area are about credentials; none has a secret in it. */
static void write_log(int32_t level, const char *area, const char *message,
                      void *context)
{
    (void)level;
    (void)context;
    if (strcmp(area, "auth") == 0)
        fprintf(stderr, "%s\n", message);
}

int main(int argc, char **argv)
{
    static const char alert[] = "{\"title\":\"sent with found keys\"}";
    dp_error *error = NULL;
    dp_config *config = dp_config_new();
    dp_request *request = dp_request_new();
    dp_client *client = NULL;
    dp_reports *reports = NULL;
    dp_code code;
    int status = EXIT_FAILURE;

    if (argc != 2) {
        fprintf(stderr, "usage: %s DATA_CLASS_ID\n", argv[0]);
        goto done;
    }
    dp_config_set_log(config, write_log, NULL);
    code = dp_config_load(config, NULL, &error);
    if (code == DP_OK)
        code = dp_config_set(config, "auth", "default", &error);
    if (code == DP_OK) {
        client = dp_client_new(config, &error);
        code = dp_error_code(error);
    }
    if (code == DP_OK)
        code = dp_request_add(request, alert, sizeof alert - 1, &error);
    /* A cloud server is asked for keys here, not before. */
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
    dp_config_free(config);
    dp_error_free(error);
    return status;
}
