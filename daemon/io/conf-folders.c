/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/conf-folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/cleanup.h"

#define MAIN_NAME      "badged.conf"
#define DROP_IN_FOLDER "badged.conf.d"
#define DROP_IN_SUFFIX ".conf"
#define DROP_INS_MAX   256

static void closedirp(DIR **directory)
{
        if (*directory)
                (void)closedir(*directory);
}

static const char *file_name(const struct conf_path *path)
{
        return strrchr(path->path, '/') + 1;
}

static void path_finish(struct conf_path *path)
{
        free(path->folder);
        free(path->path);
        *path = (struct conf_path){0};
}

void conf_paths_finish(struct conf_paths *paths)
{
        for (size_t i = 0; i < paths->n; i++)
                path_finish(&paths->items[i]);
        free(paths->items);
        *paths = (struct conf_paths){0};
}

static int path_init(struct conf_path *path, const char *folder, const char *parent,
                     const char *name)
{
        struct conf_path made = {.folder = strdup(folder)};

        if (asprintf(&made.path, "%s%s%s/%s", folder, *parent ? "/" : "", parent, name) < 0)
                made.path = NULL;
        if (!made.folder || !made.path) {
                path_finish(&made);
                return -ENOMEM;
        }
        *path = made;
        return 0;
}

/* Adds a file, or puts it in the place of an earlier folder's file of the same name. */
static int paths_put(struct conf_paths *paths, const char *folder, const char *parent,
                     const char *name)
{
        struct conf_path made;

        int r = path_init(&made, folder, parent, name);
        if (r < 0)
                return r;
        for (size_t i = 0; i < paths->n; i++)
                if (strcmp(file_name(&paths->items[i]), name) == 0) {
                        path_finish(&paths->items[i]);
                        paths->items[i] = made;
                        return 0;
                }

        struct conf_path *grown = reallocarray(paths->items, paths->n + 1, sizeof(*grown));
        if (!grown || paths->n >= DROP_INS_MAX) {
                paths->items = grown ? grown : paths->items;
                path_finish(&made);
                return grown ? -E2BIG : -ENOMEM;
        }
        paths->items = grown;
        paths->items[paths->n++] = made;
        return 0;
}

static bool is_drop_in(const char *name)
{
        size_t length = strlen(name), suffix = strlen(DROP_IN_SUFFIX);
        return name[0] != '.' && length > suffix &&
               strcmp(name + length - suffix, DROP_IN_SUFFIX) == 0;
}

static int put_drop_ins(struct conf_paths *paths, const char *folder)
{
        _cleanup_(closedirp) DIR *directory = NULL;
        _cleanup_free_ char *path = NULL;
        int r = 0;

        if (asprintf(&path, "%s/" DROP_IN_FOLDER, folder) < 0) {
                path = NULL;
                return -ENOMEM;
        }
        directory = opendir(path);
        if (!directory)
                return errno == ENOENT ? 0 : -errno;
        for (;;) {
                errno = 0;
                const struct dirent *entry = readdir(directory);
                if (!entry)
                        return -errno;
                if (is_drop_in(entry->d_name))
                        r = paths_put(paths, folder, DROP_IN_FOLDER, entry->d_name);
                if (r < 0)
                        return r;
        }
}

static int put_main(struct conf_paths *paths, const char *folder)
{
        _cleanup_free_ char *path = NULL;
        struct stat status;

        if (asprintf(&path, "%s/" MAIN_NAME, folder) < 0) {
                path = NULL;
                return -ENOMEM;
        }
        if (lstat(path, &status) < 0)
                return errno == ENOENT ? 0 : -errno;
        return paths_put(paths, folder, "", MAIN_NAME);
}

static int compare_names(const void *a, const void *b)
{
        return strcmp(file_name(a), file_name(b));
}

/* Both kinds in one list would let a drop-in called badged.conf stand in for the main file. */
static int paths_join(struct conf_paths *main, const struct conf_paths *drop_ins)
{
        if (drop_ins->n == 0)
                return 0;
        qsort(drop_ins->items, drop_ins->n, sizeof(*drop_ins->items), compare_names);
        struct conf_path *grown = reallocarray(main->items, main->n + drop_ins->n, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        memcpy(grown + main->n, drop_ins->items, drop_ins->n * sizeof(*grown));
        main->items = grown;
        main->n += drop_ins->n;
        return 0;
}

int conf_paths_find(const char *const *folders, struct conf_paths *ret_paths, const char **ret_bad)
{
        _cleanup_(conf_paths_finish) struct conf_paths paths = {0}, drop_ins = {0};

        for (; *folders; folders++) {
                int r = put_main(&paths, *folders);
                if (r >= 0)
                        r = put_drop_ins(&drop_ins, *folders);
                if (r < 0) {
                        *ret_bad = *folders;
                        return r;
                }
        }
        int r = paths_join(&paths, &drop_ins);
        if (r < 0) {
                *ret_bad = "";
                return r;
        }
        free(TAKE_PTR(drop_ins.items));
        drop_ins.n = 0;
        *ret_paths = paths;
        paths = (struct conf_paths){0};
        return 0;
}
