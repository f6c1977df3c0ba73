/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders in /tmp for one test program. What the program does not remove itself, a second process
 * removes when the first has ended: also when a test failed in the middle, crashed or was killed.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Makes an empty folder, 0755, from a name that ends in XXXXXX, as mkdtemp(). Returns it, or NULL.
 */
char *own_folder_make(char *name);
/* With all that is in it. */
void own_folder_remove(const char *name);

struct own_file {
        const char *name; /* folders in it are made, 0755 */
        const char *text;
        mode_t mode; /* 0: 0644 */
};

/* Writes a file into any folder. */
bool own_file_write(const char *folder, const struct own_file *file);
