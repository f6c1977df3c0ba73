/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that are used only when their owner and mode say that nobody else could have written (or,
 * for secrets, read) them. Never blocks on a FIFO, never reads a device.
 *
 * Errors of all three: *ret_why (may not be NULL) is a static fragment such as "others have access
 * to it" for a sentence that names the file; -ELOOP symbolic link, -EINVAL not a regular file (or
 * not a name), -EPERM owner or mode, -EFBIG, -EBADMSG a NUL byte inside, otherwise what open() or
 * read() said. */
#pragma once

#include <stddef.h>

#include "common/secret.h"

/* Owned by root or the own uid, not writable by the group, nothing for others. One line feed at the
 * end is dropped; what is left may not be empty (-ENODATA) nor exceed max_bytes. */
int secret_file_read(const char *path, size_t max_bytes, struct secret **ret_secret,
                     const char **ret_why);

/* Likewise for a systemd credential, by its name; -ENXIO when the service was given none. */
int secret_credential_read(const char *name, size_t max_bytes, struct secret **ret_secret,
                           const char **ret_why);

/* For settings and maps: owned by root, not writable by group or others; symbolic links are
 * followed. The text ends in a NUL that *ret_size does not count; it may be empty. */
int trusted_file_read(const char *path, size_t max_bytes, char **ret_text, size_t *ret_size,
                      const char **ret_why);
