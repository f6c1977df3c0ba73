/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "state.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-id128.h>
#include <time.h>
#include <unistd.h>

#include "common/secret.h"
#include "io/durable-file.h"
#include "io/seal-key.h"
#include "io/store-tables.h"
#include "io/store.h"
#include "io/token-seal.h"
#include "log.h"

/* Most rows of each table. Sessions: more than are open at once, for those that ended stay until
 * their tokens are revoked. */
#define PEOPLE_MAX    65536
#define SESSIONS_MOST 20000
#define SECRETS_MAX   20000
#define THROTTLES_MAX 65536
#define FACTS_MAX     1024

#define SENTENCE_SET_ASIDE \
        "What this host knew about its accounts was damaged; an administrator has to look at it."

struct state_files {
        char *store, *key, *objection;
        struct token_seal *seal;
        bool has_objection;
        bool is_failing; /* the last write did */
};

const char *state_folder(void)
{
        const char *named = secure_getenv("STATE_DIRECTORY");

        return named && *named ? named : STATE_FOLDER;
}

int state_new_id(char ret_id[STATE_ID_DIGITS + 1])
{
        sd_id128_t random;

        int r = sd_id128_randomize(&random);
        if (r < 0)
                return r;
        (void)snprintf(ret_id, STATE_ID_DIGITS + 1, "%0*llx", STATE_ID_DIGITS,
                       (unsigned long long)random.qwords[0]);
        return 0;
}

const char *state_objection(const struct state *state)
{
        return state->files->has_objection ? SENTENCE_SET_ASIDE : NULL;
}

/* ---- files ---- */

static struct state_files *state_files_free(struct state_files *files)
{
        free(files->store);
        free(files->key);
        free(files->objection);
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

static int state_files_init(struct state_files *files, const char *folder)
{
        int r = join(folder, "store", &files->store);
        if (r == 0)
                r = join(folder, "store.key", &files->key);
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

static int load_seal(struct state_files *files)
{
        _cleanup_secret_ struct secret *keys = NULL;
        const char *why = "memory is short";

        int r = seal_key_load(files->key, !store_is_there(files->store), &keys, &why);
        if (r == -ENOENT && store_is_there(files->store))
                return refuse(-ENOKEY, files->key, "the store is there, but not its key");
        if (r < 0)
                return refuse(r, files->key, why);
        r = token_seal_new(keys, &files->seal, &why);
        return r < 0 ? refuse(r, files->key, why) : 0;
}

/* 1, 0, or negative errno: what cannot be looked for might be there. */
static int look_for_objection(const struct state_files *files)
{
        if (access(files->objection, F_OK) == 0)
                return 1;
        return errno == ENOENT ? 0 : -errno;
}

/* The objection stands before anything is moved: whatever happens in between, nobody is let in on
 * the ground of an empty store. */
static int set_aside(struct state_files *files, const char *why)
{
        _cleanup_secret_ struct secret *text = secret_new_text(why);
        _cleanup_free_ char *name = NULL;

        int r = text ? durable_file_write(files->objection, text, true) : -ENOMEM;
        if (r < 0)
                return refuse(r, files->objection, "it cannot be written");
        files->has_objection = true;
        r = store_set_aside(files->store, (uint64_t)time(NULL), &name);
        if (r < 0)
                return refuse(r, files->store, "it is damaged and cannot be set aside");
        log_line(LOG_ALERT,
                 "'%s' is damaged (%s) and was set aside as '%s'; nobody can sign in until an "
                 "administrator has looked at it: badgectl store accept",
                 files->store, why, name);
        return 0;
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

static int open_files(struct state_files *files, const char *folder, struct store **ret_store)
{
        int r = state_files_init(files, folder);
        if (r == 0)
                r = check_folder(folder);
        if (r < 0)
                return r;
        r = look_for_objection(files);
        if (r < 0)
                return refuse(r, files->objection, "it cannot be looked for");
        files->has_objection = r > 0;
        r = load_seal(files);
        return r < 0 ? r : open_store(files, ret_store);
}

/* ---- reading ---- */

struct mirrored {
        const struct table *table;
        size_t max_rows;
        struct store_mirror **mirror;
};

#define MIRRORED_MAX 7

static void list_mirrors(struct state *state, struct mirrored ret_list[MIRRORED_MAX])
{
        const struct mirrored list[MIRRORED_MAX] = {
                {&account_table, PEOPLE_MAX, &state->accounts},
                {&identity_table, PEOPLE_MAX, &state->identities},
                {&session_table, SESSIONS_MOST, &state->sessions},
                {&ticket_table, SECRETS_MAX, &state->tickets},
                {&factor_table, SECRETS_MAX, &state->factors},
                {&throttle_table, THROTTLES_MAX, &state->throttles},
                {&fact_table, FACTS_MAX, &state->facts},
        };

        memcpy(ret_list, list, sizeof(list));
}

static int read_tables(struct state *state, struct store *store)
{
        struct mirrored list[MIRRORED_MAX];
        int r = 0;

        list_mirrors(state, list);
        for (size_t i = 0; i < MIRRORED_MAX && r == 0; i++)
                r = store_mirror_new(store, list[i].table, list[i].max_rows, list[i].mirror);
        return r < 0 ? refuse(r, state->files->store, "it cannot be read") : 0;
}

/* ---- writing ---- */

/* One line when it begins: where one write fails, thousands may. */
static void on_failure(const char *name, int result, void *userdata)
{
        struct state *state = userdata;

        if (!state->files->is_failing)
                log_line(LOG_ERR, "Failed to write to table '%s' of '%s': %s", name,
                         state->files->store, strerror(-result));
        state->files->is_failing = true;
}

static int start_writing(struct state *state, sd_event *event, struct store *store)
{
        struct mirrored list[MIRRORED_MAX];

        int r = store_queue_new(event, store, &state->queue);
        if (r < 0)
                return refuse(r, state->files->store, "no thread can be started for it");
        store_queue_on_failure(state->queue, on_failure, state);
        list_mirrors(state, list);
        for (size_t i = 0; i < MIRRORED_MAX; i++)
                store_mirror_attach(*list[i].mirror, state->queue);
        return 0;
}

/* ---- the whole ---- */

int state_new(sd_event *event, const char *folder, struct state **ret_state)
{
        _cleanup_(state_freep) struct state *state = calloc(1, sizeof(*state));
        _cleanup_(store_closep) struct store *store = NULL;

        if (!state)
                return -ENOMEM;
        state->files = calloc(1, sizeof(*state->files));
        if (!state->files)
                return -ENOMEM;
        int r = open_files(state->files, folder, &store);
        if (r < 0)
                return r;
        r = read_tables(state, store);
        if (r < 0)
                return r;
        r = start_writing(state, event, TAKE_PTR(store));
        if (r < 0)
                return r;
        if (state->files->has_objection)
                log_line(LOG_ALERT, "Nobody can sign in: the store was set aside, and no "
                                    "administrator has accepted that (badgectl store accept)");
        *ret_state = TAKE_PTR(state);
        return 0;
}

struct state *state_free(struct state *state)
{
        struct mirrored list[MIRRORED_MAX];

        if (!state)
                return NULL;
        (void)store_queue_free(state->queue);
        list_mirrors(state, list);
        for (size_t i = 0; i < MIRRORED_MAX; i++)
                (void)store_mirror_free(*list[i].mirror);
        if (state->files)
                (void)state_files_free(state->files);
        free(state);
        return NULL;
}
