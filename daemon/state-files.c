/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state-files.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "common/secret.h"
#include "common/text.h"
#include "io/durable-file.h"
#include "io/seal-key.h"
#include "io/secret-file.h"
#include "io/store-count.h"
#include "io/store.h"
#include "io/token-seal.h"
#include "log.h"

#define OBJECTION_MAX_BYTES 4096

/* Rows that are sealed anew in one commit. */
#define REKEY_MAX_ROWS 500

struct state_files *state_files_free(struct state_files *files)
{
        if (!files)
                return NULL;
        free(files->store);
        free(files->key);
        free(files->count);
        free(files->objection);
        free(files->why);
        (void)token_seal_free(files->seal);
        free(files);
        return NULL;
}

static int join(const char *folder, const char *name, char **ret_path)
{
        char *path = NULL;

        if (asprintf(&path, "%s/%s", folder, name) < 0)
                return -ENOMEM;
        *ret_path = path;
        return 0;
}

static int name_files(struct state_files *files, const char *folder)
{
        int r = join(folder, "store", &files->store);
        if (r == 0)
                r = join(folder, "store.key", &files->key);
        if (r == 0)
                r = join(folder, "store.count", &files->count);
        if (r == 0)
                r = join(folder, "store.objection", &files->objection);
        return r;
}

/* Another key, a newer version, owner or mode, no folder: time does not mend them. */
static bool is_for_administrator(int error)
{
        return error == -ENOKEY || error == -EPROTONOSUPPORT || error == -EPERM ||
               error == -EACCES || error == -ENOENT || error == -EBADMSG || error == -ELOOP ||
               error == -EINVAL;
}

static int refuse(int error, const char *path, const char *why)
{
        log_line(LOG_ERR, "Failed to open '%s': %s (%s)", path, why, strerror(-error));
        return is_for_administrator(error) ? -EUCLEAN : error;
}

/* ---- objection ---- */

/* Whatever stands in its place is one, too. What cannot be read just now may be none: it must not
 * hide one that is found meanwhile. */
static int read_objection(struct state_files *files)
{
        _cleanup_secret_ struct secret *text = NULL;
        const char *why = NULL;

        int r = secret_file_read(files->objection, OBJECTION_MAX_BYTES, &text, &why);
        if (r == -ENOENT)
                return 0;
        if (r < 0 && r != -EFBIG && r != -ENODATA && !is_for_administrator(r))
                return refuse(r, files->objection, why);
        files->why = text_sanitise(text ? secret_bytes(text) : why, OBJECTION_MAX_BYTES);
        return files->why ? 0 : -ENOMEM;
}

/* On the disk before anything is built on it: whatever happens then, nobody is let in. */
static int object(struct state_files *files, const char *why, const char *set_aside)
{
        _cleanup_secret_ struct secret *text = NULL;
        char *sentence = NULL;

        int r = set_aside ? asprintf(&sentence, "%s; it was set aside as %s", why, set_aside)
                          : asprintf(&sentence, "%s", why);
        if (r < 0)
                return -ENOMEM;
        free(files->why);
        files->why = sentence;
        text = secret_new_text(sentence);
        r = text ? durable_file_write(files->objection, text, true) : -ENOMEM;
        return r < 0 ? refuse(r, files->objection, "it cannot be written") : 0;
}

int state_files_accept(const struct state_files *files)
{
        if (unlink(files->objection) < 0 && errno != ENOENT)
                return -errno;
        return durable_folder_sync(files->objection);
}

/* ---- keys ---- */

static int read_seal(const struct state_files *files, bool may_make, bool *ret_has_old,
                     struct token_seal **ret_seal, const char **ret_why)
{
        _cleanup_secret_ struct secret *keys = NULL;

        *ret_why = "memory is short";
        int r = seal_key_load(files->key, may_make, &keys, ret_why);
        if (r < 0)
                return r;
        *ret_has_old = strchr(secret_bytes(keys), '\n') != NULL;
        return token_seal_new(keys, ret_seal, ret_why);
}

static int load_seal(struct state_files *files)
{
        bool is_there = store_is_there(files->store);
        const char *why;

        int r = read_seal(files, !is_there, &files->has_old_keys, &files->seal, &why);
        if (r == -ENOENT && is_there)
                return refuse(-ENOKEY, files->key, "the store is there, but not its key");
        return r < 0 ? refuse(r, files->key, why) : 0;
}

/* From here on those that the file has now. */
static int change_seal(struct state_files *files, struct store *store, const char **ret_why)
{
        struct token_seal *seal = NULL;
        bool has_old;

        int r = read_seal(files, false, &has_old, &seal, ret_why);
        if (r < 0)
                return r;
        store_set_seal(store, seal);
        (void)token_seal_free(files->seal);
        files->seal = seal;
        return 0;
}

/* A credential keeps its older keys: they are not badged's, and do no harm. */
int state_files_drop_old_keys(struct state_files *files, struct store *store, const char **ret_why)
{
        size_t n = 1;
        int r = 0;

        *ret_why = "its rows cannot be sealed anew";
        while (n > 0 && r == 0)
                r = store_rekey(store, REKEY_MAX_ROWS, &n);
        if (r < 0)
                return r;
        r = seal_key_is_credential();
        if (r != 0)
                return r < 0 ? r : 0;
        r = seal_key_drop_old(files->key, ret_why);
        return r < 0 ? r : change_seal(files, store, ret_why);
}

int state_files_rekey(struct state_files *files, struct store *store, const char **ret_why)
{
        _cleanup_secret_ struct secret *keys = NULL;

        int r = state_files_drop_old_keys(files, store, ret_why);
        if (r < 0)
                return r;
        r = seal_key_renew(files->key, &keys, ret_why);
        if (r < 0)
                return r;
        r = change_seal(files, store, ret_why);
        return r < 0 ? r : state_files_drop_old_keys(files, store, ret_why);
}

/* ---- opening ---- */

/* Whoever else could write there could put another store in its place; and root, who tries the
 * program by hand, must not leave files that the daemon cannot read. */
static int check_folder(const char *folder)
{
        struct stat status;

        if (stat(folder, &status) < 0)
                return refuse(-errno, folder, "it cannot be examined");
        if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)))
                return refuse(-EPERM, folder,
                              "it is not the folder of the user that badged runs as");
        return 0;
}

static int set_aside(struct state_files *files, const char *why)
{
        _cleanup_free_ char *name = NULL;

        int r = object(files, why, NULL);
        if (r < 0)
                return r;
        r = store_set_aside(files->store, (uint64_t)time(NULL), &name);
        if (r < 0)
                return refuse(r, files->store, "it is damaged and cannot be set aside");
        log_line(LOG_ALERT, "'%s' is damaged (%s) and was set aside as '%s'", files->store, why,
                 name);
        return object(files, why, name);
}

static int open_store(struct state_files *files, struct store **ret_store)
{
        const char *why = "memory is short";

        int r = store_open(files->store, files->seal, ret_store, &why);
        if (r == -EBADMSG) {
                r = set_aside(files, why);
                if (r < 0)
                        return r;
                r = store_open(files->store, files->seal, ret_store, &why);
        }
        return r < 0 ? refuse(r, files->store, why) : 0;
}

/* One that is older than its counter stays where it is, and is what an administrator looks at. */
static int check_count(struct state_files *files, struct store *store)
{
        const char *why = NULL;

        int r = store_count_check(store, files->count, &why);
        if (r == -ESTALE && !files->why) {
                log_line(LOG_ALERT, "'%s' is not to be trusted: %s", files->store, why);
                r = object(files, why, NULL);
                if (r < 0)
                        return r;
        } else if (r < 0 && r != -ESTALE) {
                return refuse(r, files->store, why);
        }
        r = store_count_advance(store, files->count);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to count on '%s': %s, ignoring", files->count,
                         strerror(-r));
        return 0;
}

int state_files_open(const char *folder, struct state_files **ret_files, struct store **ret_store)
{
        _cleanup_(state_files_freep) struct state_files *files = calloc(1, sizeof(*files));
        _cleanup_(store_closep) struct store *store = NULL;

        if (!files)
                return -ENOMEM;
        int r = name_files(files, folder);
        if (r == 0)
                r = check_folder(folder);
        if (r == 0)
                r = read_objection(files);
        if (r == 0)
                r = load_seal(files);
        if (r == 0)
                r = open_store(files, &store);
        if (r == 0)
                r = check_count(files, store);
        if (r < 0)
                return r;
        *ret_files = TAKE_PTR(files);
        *ret_store = TAKE_PTR(store);
        return 0;
}

int state_files_settle(struct store *store, void *userdata)
{
        const struct state_files *files = userdata;

        int r = store_count_advance(store, files->count);
        return r < 0 ? r : store_settle(store);
}
