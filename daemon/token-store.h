/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where token records stay, by the id of the login that brought them. In memory for now: the
 * records go with the daemon. What callers may rely on holds for a store on disk as well. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"
#include "core/token-record.h"

/* As many as there can be granted logins, and not more bytes in all than this. */
#define TOKEN_STORE_MAX_RECORDS 10000
#define TOKEN_STORE_MAX_BYTES   ((size_t)64 * 1024 * 1024)

struct token_store;

int token_store_new(struct token_store **ret_store);
/* Erases what is in memory. */
struct token_store *token_store_free(struct token_store *store);
DEFINE_CLEANUP(struct token_store *, token_store_free);

/* Keeps the record, in place of an earlier one of that id. With 0 it is safe: a token must not be
 * used before that. -ENOSPC when there is no room, -E2BIG, -ENOMEM; then the earlier one stays. */
int token_store_put(struct token_store *store, const char *id, const struct token_record *record);

/* A copy of it, the caller's to finish. -ENOENT, -ENOMEM. */
int token_store_get(struct token_store *store, const char *id, struct token_record *ret_record);

/* Erases it, if it is there. */
void token_store_drop(struct token_store *store, const char *id);
