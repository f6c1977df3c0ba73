/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks after the tokens of sessions, by the session's id: gives out an access token that still
 * counts, refreshing it when it does not, and revokes them when they are not needed any more. There
 * is one writer for each record: however many ask, one refresh is under way, its doubt is safe
 * before it is sent, and what came is safe before it is used. Who may ask, and until when tokens
 * are needed, is not known here. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "authority.h"
#include "common/cleanup.h"
#include "core/token-record.h"
#include "token-store.h"
#include "token-wait.h"

/* How long a provider that is away is asked to revoke tokens. */
#define TOKEN_REVOKE_FOR_SEC (7 * 24 * 60 * 60)

struct token_keeper;

/* Called from the loop. on_over: the provider ended the tokens, or they cannot be kept; they are
 * not looked after any more. is_revoking: on_revoked comes for them, later. on_revoked: of that
 * session nothing is left to be revoked, or it was given up. */
struct token_keeper_listener {
        void (*on_over)(const char *id, bool is_revoking, void *userdata);
        void (*on_revoked)(const char *id, void *userdata);
        void *userdata;
};

/* Borrows the table of sessions. */
int token_keeper_new(sd_event *event, struct store_mirror *table,
                     const struct token_keeper_listener *listener,
                     struct token_keeper **ret_keeper);
/* Its waits must be gone already. Revokes nothing: what is under way is given up. */
struct token_keeper *token_keeper_free(struct token_keeper *keeper);
DEFINE_CLEANUP(struct token_keeper *, token_keeper_free);

/* As token_store_lend(). */
int token_keeper_lend(const struct token_keeper *keeper, const struct token_record *record,
                      struct session_record *session);

/* Looks after the tokens of that row from now on. Borrows the authority, copies the access token
 * (NULL: none is known). -ENOENT, -ENOSPC, -ENOMEM. */
int token_keeper_add(struct token_keeper *keeper, const char *id, const struct authority *authority,
                     const struct secret *access_token);

/* Has the tokens of a session revoked that ended before badged did, until then; takes them. True
 * when on_revoked will come. */
bool token_keeper_revoke(struct token_keeper *keeper, const struct authority *authority,
                         const char *id, struct token_record *record, uint64_t until_sec);

/* Who gave them; NULL when none are kept under that id. */
const struct authority *token_keeper_authority(const struct token_keeper *keeper, const char *id);

/* 0 and whose tokens they are; -ENOENT. The caller finishes the record. */
int token_keeper_read(struct token_keeper *keeper, const char *id, struct token_record *ret_record);

/* The session is about to end: has the tokens revoked, until then if need be. Whoever waits for
 * them hears that they are over. True when on_revoked will come, and the row is to stay for it. */
bool token_keeper_drop(struct token_keeper *keeper, const char *id, uint64_t until_sec);

/* Asks for an access token that counts for at least min_lifetime_sec. -ENOENT, -ENOMEM. */
int token_keeper_get(struct token_keeper *keeper, const char *id, uint64_t min_lifetime_sec,
                     token_on_answer on_answer, void *userdata, struct token_wait **ret_wait);
/* Likewise for a new one, whatever the old one counts for: TOKEN_VALID says that the provider has
 * just said yes, TOKEN_OVER that it said no, TOKEN_EXPIRED that there is no refresh token to ask it
 * with. */
int token_keeper_renew(struct token_keeper *keeper, const char *id, token_on_answer on_answer,
                       void *userdata, struct token_wait **ret_wait);
