/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who at a provider may be which account. (issuer, subject) is there once; what the provider calls
 * it is kept only to see a change (capability B4). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct store;

/* Times are CLOCK_REALTIME. */
struct identity_record {
        char *id;            /* names the row; made by the caller */
        char *account;       /* NULL: an administrator has not said yes */
        char *asked_account; /* that it asked for and was refused, or NULL */
        char *provider;      /* name in the settings */
        char *issuer;
        char *subject;
        char *name;      /* the mapping's claim as it was when it was bound, or NULL */
        char *seen_name; /* another one that it came with since, or NULL */
        char *bound_by;  /* how it came to its account, or NULL */
        uint64_t created_at_sec;
        uint64_t last_seen_at_sec;
};

/* Frees what it holds and empties it. */
void identity_record_finish(struct identity_record *identity);
#define _cleanup_identity_record_ _cleanup_(identity_record_finish)

struct identity_list {
        struct identity_record *records;
        size_t n;
};

void identity_list_finish(struct identity_list *list);
#define _cleanup_identity_list_ _cleanup_(identity_list_finish)

/* -EEXIST, -ENOENT when its account is not there, -EINVAL when something is missing; of all here:
 * -EBADMSG when a row is not as it was written, and what the disk says. */
int store_identity_add(struct store *store, const struct identity_record *identity);

/* The whole record takes the place of the one of that id. -ENOENT. */
int store_identity_update(struct store *store, const struct identity_record *identity);

/* -ENOENT. The caller finishes the record. */
int store_identity_get(struct store *store, const char *id, struct identity_record *ret_identity);

/* By the key that is good for life. -ENOENT. */
int store_identity_find(struct store *store, const char *issuer, const char *subject,
                        struct identity_record *ret_identity);

/* -ENOENT; -ENOTEMPTY while it has sessions. */
int store_identity_remove(struct store *store, const char *id);

/* Those of the account, or all (NULL), oldest first. */
int store_identity_list(struct store *store, const char *account, struct identity_list *ret_list);
