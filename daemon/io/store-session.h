/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A granted login for as long as it lasts, and after that until its tokens are revoked (D1 to D4):
 * whose, how it was proved, and the tokens that it goes on by. The access token is not kept. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/secret.h"

struct store;

/* Times are CLOCK_REALTIME; 0 and NULL where nobody said. What concerns the tokens is as in
 * core/token-record.h. */
struct session_record {
        char *id; /* names the row; made by the caller */
        char *account;
        char *identity; /* id of its row, or NULL: no provider had a say */
        char *issuer;   /* whose session it is: these two; or NULL likewise */
        char *subject;
        char *type;     /* how the person proved it: device, browser, ticket, ... */
        char *provider; /* name in the settings, or NULL */
        char *client_id;
        char *service;
        char *terminal;
        char *remote_host;
        char *login_session; /* that it is bound to: boot, audit or logind session; or NULL */
        char *boot;          /* id of the boot that it was opened in; NULL: it was not opened yet */
        char *logind;        /* logind's name of the login session, once it was seen there */
        char *acr;
        char *amr; /* with commas between them, or NULL */
        uint64_t auth_time_sec;
        uint64_t uid;            /* the account's, when it was opened */
        uint64_t created_at_sec; /* when the login was granted */
        uint64_t opened_at_sec;  /* 0: nobody has claimed the login yet */
        uint64_t used_at_sec;
        char *used_from;
        uint64_t proved_at_sec;  /* when the provider last said yes */
        uint64_t expires_at_sec; /* 0: it does not by itself */
        uint64_t ended_at_sec;   /* 0: it is open */
        char *end_reason;
        uint64_t revoke_until_sec; /* 0: nothing is left to revoke */
        char *scope;
        uint64_t tokens_granted_at_sec;
        uint64_t tokens_expire_at_sec;
        bool refresh_in_doubt;
        struct secret *refresh_token;
        struct secret *id_token;
        struct secret *dpop_key;
};

/* Frees what it holds and empties it. */
void session_record_finish(struct session_record *session);
#define _cleanup_session_record_ _cleanup_(session_record_finish)

struct session_list {
        struct session_record *records;
        size_t n;
};

void session_list_finish(struct session_list *list);
#define _cleanup_session_list_ _cleanup_(session_list_finish)

/* -EEXIST, -ENOENT when its account is not there, -EINVAL when something is missing; of all here:
 * -EBADMSG when a row is not as it was written, and what the disk says. */
int store_session_add(struct store *store, const struct session_record *session);

/* The whole record takes the place of the one of that id. -ENOENT. */
int store_session_update(struct store *store, const struct session_record *session);

/* -ENOENT. The caller finishes the record. */
int store_session_get(struct store *store, const char *id, struct session_record *ret_session);

/* -ENOENT; its tokens are erased. */
int store_session_remove(struct store *store, const char *id);

/* Those of the account, or all (NULL), oldest first. */
int store_session_list(struct store *store, const char *account, struct session_list *ret_list);
