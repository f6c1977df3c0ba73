/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Holds the tokens of granted logins, by the login's id: gives out an access token that still
 * counts, refreshing it when it does not, and revokes them when they are not needed any more. There
 * is one writer for each record: however many ask, one refresh is under way. Who may ask, and until
 * when tokens are needed, is not known here. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "authority.h"
#include "common/cleanup.h"
#include "core/token-record.h"

struct token_keeper;
struct token_wait;

int token_keeper_new(sd_event *event, struct token_keeper **ret_keeper);
/* Its waits must be gone already. Revokes nothing: what is under way is given up. */
struct token_keeper *token_keeper_free(struct token_keeper *keeper);
DEFINE_CLEANUP(struct token_keeper *, token_keeper_free);

/* Keeps the record under that id, which must be new. Borrows the authority. -ENOSPC, -ENOMEM. */
int token_keeper_add(struct token_keeper *keeper, const char *id, const struct authority *authority,
                     const struct token_record *record);

/* Who gave them; NULL when none are kept under that id. */
const struct authority *token_keeper_authority(const struct token_keeper *keeper, const char *id);

/* 0 and whose tokens they are; -ENOENT. The caller finishes the record. */
int token_keeper_read(struct token_keeper *keeper, const char *id, struct token_record *ret_record);

/* Forgets the tokens and has them revoked. Whoever waits for them hears that they are over. */
void token_keeper_drop(struct token_keeper *keeper, const char *id);

enum token_answer {
        TOKEN_VALID,       /* for as long as was asked at least */
        TOKEN_TOO_SHORT,   /* the provider's tokens never last that long */
        TOKEN_EXPIRED,     /* it has, and there is no refresh token */
        TOKEN_OVER,        /* the provider, or the end of the login, took them away */
        TOKEN_UNAVAILABLE, /* the provider gave no new one for now */
};

/* Called once, from the loop. The record is borrowed, and NULL unless TOKEN_VALID. May free the
 * wait, and drop records. */
typedef void (*token_on_answer)(enum token_answer answer, const struct token_record *record,
                                void *userdata);

/* Asks for an access token that counts for at least min_lifetime_sec. -ENOENT, -ENOMEM. */
int token_keeper_get(struct token_keeper *keeper, const char *id, uint64_t min_lifetime_sec,
                     token_on_answer on_answer, void *userdata, struct token_wait **ret_wait);
/* Nobody is told any more. A refresh that is under way goes on. Takes NULL, returns NULL. */
struct token_wait *token_wait_free(struct token_wait *wait);
DEFINE_CLEANUP(struct token_wait *, token_wait_free);
