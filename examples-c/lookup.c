/* SPDX-License-Identifier: Apache-2.0
 *
 * lookup finds the ids that belong to names, and prints them as the settings
 * that the other programs take.
 *
 * Usage: lookup PROJECT WORKSPACE DATA_CLASS
 * Settings come from the environment; of those that README.md lists it needs
 * no ids, but the region, or the addresses of the service and of IAM.
 */
#include <datapanel.h>
#include <stdio.h>
#include <stdlib.h>

/* Looks a name up with the settings so far, and, unless `key` is NULL, keeps
 * the id as a setting. A client has its settings for good, so each step makes
 * a client of its own. */
static dp_code find(dp_config *config, const char *kind, const char *name,
                    const char *key, char **id, dp_error **error)
{
    dp_client *client = dp_client_new(config, error);
    dp_code code = dp_error_code(*error);

    if (client)
        code = dp_client_lookup(client, kind, name, 0, id, error);
    if (code == DP_OK && key)
        code = dp_config_set(config, key, *id, error);
    dp_client_free(client);
    return code;
}

int main(int argc, char **argv)
{
    dp_error *error = NULL;
    dp_config *config = dp_config_new();
    char *project = NULL, *workspace = NULL, *data_class = NULL;
    dp_code code;
    int status = EXIT_FAILURE;

    if (argc != 4) {
        fprintf(stderr, "usage: %s PROJECT WORKSPACE DATA_CLASS\n", argv[0]);
        goto done;
    }
    code = dp_config_load(config, NULL, &error);
    if (code == DP_OK)
        code = find(config, "project", argv[1], "project.id", &project,
                    &error);
    if (code == DP_OK)
        code = find(config, "workspace", argv[2], "workspace.id", &workspace,
                    &error);
    if (code == DP_OK)
        code = find(config, "dataclass", argv[3], NULL, &data_class, &error);

    if (code != DP_OK)
        fprintf(stderr, "%s: %s\n", dp_code_name(code),
                dp_error_message(error));
    else if (printf("project.id = %s\nworkspace.id = %s\n# %s: %s\n", project,
                    workspace, argv[3], data_class) < 0 ||
             fflush(stdout) != 0)
        perror("the ids cannot be written");
    else
        status = EXIT_SUCCESS;
done:
    dp_free(project);
    dp_free(workspace);
    dp_free(data_class);
    dp_config_free(config);
    dp_error_free(error);
    return status;
}
