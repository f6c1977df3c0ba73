/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A second factor that somebody enrolled here (D6): its secret, sealed, and how far it was used, so
 * that no code counts twice. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/secret.h"

struct store;

/* Times are CLOCK_REALTIME. */
struct factor_record {
        char *id; /* names the row; made by the caller */
        char *account;
        char *type; /* totp */
        char *name; /* as its owner calls it */
        uint64_t created_at_sec;
        uint64_t confirmed_at_sec; /* 0: it is not in force yet */
        uint64_t last_step;        /* that was used; one that is not later is a replay */
        uint64_t n_failures;       /* since it last was right, or a day without any */
        uint64_t failed_at_sec;    /* the last of them */
        uint64_t proved_at_sec;    /* when the account's provider last said yes; 0: it has not */
        uint64_t used_at_sec;
        char *used_from;
        struct secret *shared_secret;
};

/* Frees what it holds and empties it. */
void factor_record_finish(struct factor_record *factor);
#define _cleanup_factor_record_ _cleanup_(factor_record_finish)

struct factor_list {
        struct factor_record *records;
        size_t n;
};

void factor_list_finish(struct factor_list *list);
#define _cleanup_factor_list_ _cleanup_(factor_list_finish)

/* -EEXIST, -ENOENT when its account is not there, -EINVAL when something is missing; of all here:
 * -EBADMSG when a row is not as it was written, and what the disk says. */
int store_factor_add(struct store *store, const struct factor_record *factor);

/* The whole record takes the place of the one of that id. -ENOENT. */
int store_factor_update(struct store *store, const struct factor_record *factor);

/* -ENOENT. The caller finishes the record. */
int store_factor_get(struct store *store, const char *id, struct factor_record *ret_factor);

/* -ENOENT. */
int store_factor_remove(struct store *store, const char *id);

/* Those of the account, or all (NULL), oldest first. */
int store_factor_list(struct store *store, const char *account, struct factor_list *ret_list);
