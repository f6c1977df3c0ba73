/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which settings files count: badged.conf and badged.conf.d/NAME.conf of a list of folders. Opens
 * and judges none of them. */
#pragma once

#include <stddef.h>

struct conf_path {
        char *folder; /* as it was given: what relative file names in the file start from */
        char *path;
};

struct conf_paths {
        struct conf_path *items;
        size_t n;
};

/* In the order in which they are read, later ones winning key by key: the badged.conf of the last
 * folder that has one, then the drop-ins sorted by name, each from the last folder that has that
 * name. So a file in a later folder stands in for one of the same name in an earlier folder, and an
 * empty one takes it away. A folder that does not exist has no files.
 * 0, -ENOMEM, -E2BIG for more than 256 drop-ins, or the error of a folder that cannot be read,
 * whose path is then *ret_bad (borrowed from folders). */
int conf_paths_find(const char *const *folders, struct conf_paths *ret_paths, const char **ret_bad);
void conf_paths_finish(struct conf_paths *paths);
