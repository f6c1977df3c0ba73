/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokens of sessions: in the sessions' rows, by the session's id, but for the access token,
 * which is in memory alone. The rows themselves are daemon/sessions'. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"
#include "core/token-record.h"
#include "io/store-mirror.h"
#include "io/store-session.h"

/* The most bytes of tokens in all. */
#define TOKEN_STORE_MAX_BYTES ((size_t)64 * 1024 * 1024)

struct token_store;

/* Borrows the table of sessions. */
int token_store_new(struct store_mirror *table, struct token_store **ret_store);
/* Erases the access tokens. */
struct token_store *token_store_free(struct token_store *store);
DEFINE_CLEANUP(struct token_store *, token_store_free);

/* For a row that is not in the table yet: lends it what is to be kept of the tokens, for as long as
 * they are there. -ENOSPC when there is no room, -E2BIG. */
int token_store_lend(const struct token_store *store, const struct token_record *record,
                     struct session_record *session);

/* The row is there, with its tokens or read from the disk: counts them from now on, and copies the
 * access token (NULL: none). -ENOENT, -ENOSPC, -ENOMEM. */
int token_store_adopt(struct token_store *store, const char *id, const struct secret *access_token);

/* In place of the earlier tokens of the row, which there must be. When on_done says 0 they are
 * safe: a new token must not be used before that. -ENOSPC, -E2BIG, -ENOENT, -ENOMEM; then the
 * earlier ones stay. The rest as store_mirror_put(). */
int token_store_put(struct token_store *store, const char *id, const struct token_record *record,
                    store_on_done on_done, void *userdata, struct store_write **ret_write);

/* A copy of them, the caller's to finish; access_token is NULL when the daemon was started anew
 * since it came, and id_token_is_new is said of what was put. -ENOENT, -ENOMEM. */
int token_store_get(const struct token_store *store, const char *id,
                    struct token_record *ret_record);

/* A copy of the tokens of that row; likewise, without the access token. */
int token_store_read(const struct session_record *session, struct token_record *ret_record);

/* Erases the access token; the row is for others to take away. */
void token_store_drop(struct token_store *store, const char *id);
