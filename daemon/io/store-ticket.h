/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A credential that root made for when the provider is out of reach (D5). Its secret is not kept:
 * only a hash, which is looked for, and compared, by whoever is shown one. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct store;

/* Times are CLOCK_REALTIME. */
struct ticket_record {
        char *id; /* names the row; made by the caller */
        char *account;
        char *name;     /* as its maker calls it */
        char *services; /* a JSON array */
        char *hash;     /* of the secret, as text; there once */
        bool is_once;
        char *created_by;
        uint64_t created_at_sec;
        uint64_t expires_at_sec; /* 0: it does not */
        uint64_t revoked_at_sec; /* 0: it is not */
        uint64_t n_uses;
        uint64_t used_at_sec;
        char *used_from;
};

/* Frees what it holds and empties it. */
void ticket_record_finish(struct ticket_record *ticket);
#define _cleanup_ticket_record_ _cleanup_(ticket_record_finish)

struct ticket_list {
        struct ticket_record *records;
        size_t n;
};

void ticket_list_finish(struct ticket_list *list);
#define _cleanup_ticket_list_ _cleanup_(ticket_list_finish)

/* -EEXIST, -ENOENT when its account is not there, -EINVAL when something is missing; of all here:
 * -EBADMSG when a row is not as it was written, and what the disk says. */
int store_ticket_add(struct store *store, const struct ticket_record *ticket);

/* The whole record takes the place of the one of that id. -ENOENT. */
int store_ticket_update(struct store *store, const struct ticket_record *ticket);

/* -ENOENT. The caller finishes the record. */
int store_ticket_get(struct store *store, const char *id, struct ticket_record *ret_ticket);

/* -ENOENT. */
int store_ticket_find(struct store *store, const char *hash, struct ticket_record *ret_ticket);

/* -ENOENT. */
int store_ticket_remove(struct store *store, const char *id);

/* Those of the account, or all (NULL), oldest first. */
int store_ticket_list(struct store *store, const char *account, struct ticket_list *ret_list);
