/* SPDX-License-Identifier: Apache-2.0
 *
 * The sample files, and whether the emulator holds a line of them.
 */
#ifndef SAMPLES_H
#define SAMPLES_H

#include <stddef.h>

#define SAMPLE_LINES_MAX 1000

/* Reads a file of samples. Returns how many lines it has; `lines` point into
 * `text`, which is to be freed. */
size_t samples_read(const char *name, char **text,
                    char *lines[SAMPLE_LINES_MAX]);

/* Claims that the emulator holds these exact bytes under an id of a data
 * class. */
void samples_stored(const char *data_class, const char *id, const char *line);

#endif
