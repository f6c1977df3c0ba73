/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are there whole or not at all, also after a power cut: written under another name,
 * synced, and then given theirs. Not for what is read back: io/secret-file.h. */
#pragma once

#include <stdbool.h>

#include "common/secret.h"

/* Writes the bytes to a file of mode 0600. With replace an older one gives way, otherwise it stays:
 * -EEXIST. 0 says that file and folder entry are on the disk. Negative errno. */
int durable_file_write(const char *path, const struct secret *bytes, bool replace);

/* A new name for a file that is synced already; -EEXIST when the name is taken, -ENOENT when there
 * is no file. The folder, one for both, is not synced. */
int durable_file_rename(const char *path, const char *new_path);

/* Syncs what stands in the folder that holds path. */
int durable_folder_sync(const char *path);
