/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state as files in a folder: the store, its key, its counter, and the objection that stands
 * against it. For state.c and state-care.c alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"

struct store;
struct token_seal;

struct state_files {
        char *store, *key, *count, *objection;
        struct token_seal *seal; /* the thread's, once there is one */
        bool has_old_keys;       /* at the start: rows may be sealed with one of them yet */
        char *why;               /* the objection, for administrators; NULL: there is none */
};

/* As state_new() says. */
int state_files_open(const char *folder, struct state_files **ret_files, struct store **ret_store);
/* After the store was closed. Takes NULL, returns NULL. */
struct state_files *state_files_free(struct state_files *files);
DEFINE_CLEANUP(struct state_files *, state_files_free);

/* What follows runs on the thread that has the store. */

/* For store_queue_settle_with(), with the files. */
int state_files_settle(struct store *store, void *userdata);

/* Removes the objection, for good. */
int state_files_accept(const struct state_files *files);

/* A new key for all rows, after what an earlier time left undone; or that alone. */
int state_files_rekey(struct state_files *files, struct store *store, const char **ret_why);
int state_files_drop_old_keys(struct state_files *files, struct store *store, const char **ret_why);
