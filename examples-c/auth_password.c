/* SPDX-License-Identifier: Apache-2.0
 *
 * auth_password submits one alert with a token that the library gets from IAM
 * for a user and a password. It would renew the token before its end, and when
 * the service refuses it; nothing here has to care.
 *
 * Each line of standard input is a password. When IAM refuses the first one,
 * the client goes on with the second: only another password is worth another
 * attempt, and the library makes none with the same for five minutes, because
 * IAM locks users out.
 *
 * Usage: auth_password DATA_CLASS_ID
 * All other settings come from the environment; README.md lists them.
 */
#define _DEFAULT_SOURCE /* explicit_bzero */
#include <datapanel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char alert[] = "{\"title\":\"SSH brute force\",\"count\":212}";

/* The next line of standard input; 0 when there is none. */
static int read_password(char *line, int size)
{
    if (!fgets(line, size, stdin))
        return 0;
    line[strcspn(line, "\r\n")] = '\0';
    return 1;
}

int main(int argc, char **argv)
{
    char password[256];
    dp_error *error = NULL;
    dp_config *config = dp_config_new();
    dp_request *request = dp_request_new();
    dp_client *client = NULL;
    dp_reports *reports = NULL;
    dp_code code;
    int status = EXIT_FAILURE;

    if (argc != 2 || !read_password(password, sizeof password)) {
        fprintf(stderr, "usage: %s DATA_CLASS_ID < PASSWORD\n", argv[0]);
        goto done;
    }
    code = dp_config_load(config, NULL, &error);
    if (code == DP_OK)
        code = dp_config_set(config, "auth", "password", &error);
    if (code == DP_OK)
        code = dp_config_set(config, "auth.password", password, &error);
    explicit_bzero(password, sizeof password);
    if (code == DP_OK) {
        client = dp_client_new(config, &error);
        code = dp_error_code(error);
    }
    if (code == DP_OK)
        code = dp_request_add(request, alert, sizeof alert - 1, &error);
    if (code == DP_OK)
        code = dp_client_submit(client, argv[1], request, 0, &reports, &error);

    if (code == DP_E_AUTH && read_password(password, sizeof password)) {
        fprintf(stderr, "%s\n", dp_error_message(error));
        dp_error_free(error);
        dp_reports_free(reports);
        error = NULL;
        reports = NULL;
        code = dp_client_set(client, "auth.password", password, &error);
        explicit_bzero(password, sizeof password);
        if (code == DP_OK)
            code = dp_client_submit(client, argv[1], request, 0, &reports,
                                    &error);
    }

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
