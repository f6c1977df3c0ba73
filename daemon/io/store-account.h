/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A local account as badged knows it, beyond what NSS says: who it was (by uid, so that a new
 * account of an old name is known for one), whether it is locked, and who owns the host. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct store;

/* Times are CLOCK_REALTIME. Texts may be NULL but for name. */
struct account_record {
        char *name;   /* as NSS has it; names the row */
        uint64_t uid; /* when it was first seen here */
        bool is_owner;
        uint64_t locked_at_sec; /* 0: it is not locked */
        char *locked_by;
        char *lock_reason;
        uint64_t created_at_sec;
        uint64_t last_login_at_sec;
        char *last_login_from;
};

/* Frees what it holds and empties it. */
void account_record_finish(struct account_record *account);
#define _cleanup_account_record_ _cleanup_(account_record_finish)

struct account_list {
        struct account_record *records;
        size_t n;
};

void account_list_finish(struct account_list *list);
#define _cleanup_account_list_ _cleanup_(account_list_finish)

/* -EEXIST, -EINVAL when something is missing; of all here: -EBADMSG when a row is not as it was
 * written, and what the disk says. */
int store_account_add(struct store *store, const struct account_record *account);

/* The whole record takes the place of the one of that name. -ENOENT. */
int store_account_update(struct store *store, const struct account_record *account);

/* -ENOENT. The caller finishes the record. */
int store_account_get(struct store *store, const char *name, struct account_record *ret_account);

/* -ENOENT; -ENOTEMPTY while it has sessions: they are ended and their tokens revoked first. Its
 * identities, tickets and factors go with it. */
int store_account_remove(struct store *store, const char *name);

/* All, oldest first. */
int store_account_list(struct store *store, struct account_list *ret_list);
