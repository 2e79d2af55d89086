/* SPDX-License-Identifier: Apache-2.0
 *
 * auth_aksk signs its calls with access keys in place of a token, submits one
 * alert, and prints the id that the service gave it. The keys are where the
 * vendor's own tools look for them: in HUAWEICLOUD_SDK_AK and
 * HUAWEICLOUD_SDK_SK, and of temporary keys the rest in
 * HUAWEICLOUD_SDK_SECURITY_TOKEN.
 *
 * Usage: auth_aksk DATA_CLASS_ID
 * All other settings come from the environment; README.md lists them.
 */
#include <datapanel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In a client that is in use, dp_client_set replaces keys in this order: the
 * secret key comes last, and makes all of them count. */
static dp_code set_keys(dp_config *config, dp_error **error)
{
    static const char *const keys[][2] = {
        { "auth.access_key", "HUAWEICLOUD_SDK_AK" },
        { "auth.security_token", "HUAWEICLOUD_SDK_SECURITY_TOKEN" },
        { "auth.secret_key", "HUAWEICLOUD_SDK_SK" },
    };
    dp_code code = dp_config_set(config, "auth", "aksk", error);

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *value = getenv(keys[i][1]);
        if (code == DP_OK && value)
            code = dp_config_set(config, keys[i][0], value, error);
    }
    return code;
}

/* A signature is refused for a wrong key, or for a wrong clock: what the
 * service says tells which. */
static void tell(const dp_error *error)
{
    const char *said = dp_error_field(error, "server_message");

    fprintf(stderr, "%s: %s\n", dp_code_name(dp_error_code(error)),
            dp_error_message(error));
    if (dp_error_code(error) == DP_E_AUTH && said
        && strstr(said, "signature expired"))
        fprintf(stderr, "set the clock of this machine\n");
}

int main(int argc, char **argv)
{
    static const char alert[] = "{\"title\":\"signed with access keys\"}";
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
    code = dp_config_load(config, NULL, &error);
    if (code == DP_OK)
        code = set_keys(config, &error);
    if (code == DP_OK) {
        client = dp_client_new(config, &error);
        code = dp_error_code(error);
    }
    if (code == DP_OK)
        code = dp_request_add(request, alert, sizeof alert - 1, &error);
    if (code == DP_OK)
        code = dp_client_submit(client, argv[1], request, 0, &reports, &error);

    if (code != DP_OK)
        tell(error);
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
