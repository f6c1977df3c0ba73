/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tokens of one granted login as they are kept: what came, when, whose they are, and how long
 * they count. Can be written as JSON and read back. Not the keeping, and not the asking for new
 * ones: both are daemon/token-keeper's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/secret.h"

#define TOKEN_RECORD_MAX_BYTES ((size_t)256 * 1024)

struct identity;
struct token_set;

/* Times are CLOCK_REALTIME. {0} is no record. */
struct token_record {
        char *provider;               /* name in the settings */
        char *issuer, *subject;       /* whose tokens they are; never change */
        struct secret *access_token;  /* fit for a header */
        struct secret *refresh_token; /* or NULL */
        struct secret *id_token;      /* the last one that came, or NULL */
        bool id_token_is_new;         /* it came with the access token; is not written */
        struct secret *dpop_key;      /* PEM of the key that they are bound to; NULL: bearer */
        char *scope;                  /* that was granted; "" where nobody said */
        uint64_t granted_at_sec;      /* when the access token came */
        uint64_t expires_at_sec;      /* 0: the provider did not say */
        uint64_t auth_time_sec;       /* of the first login; 0: the provider did not say */
        /* A refresh was sent and what came of it is not known (RFC 9700 section 4.14.2): the
         * refresh token may have been used up. It may be tried again; invalid_grant is the end. */
        bool refresh_in_doubt;
};

/* Erases and frees what it holds; it may be used anew. */
void token_record_finish(struct token_record *record);
#define _cleanup_record_ _cleanup_(token_record_finish)

/* What the first login brought: takes the tokens (not on failure), copies the rest. asked_scope is
 * what was granted where the provider says nothing else (RFC 6749 section 5.1), NULL for nothing;
 * dpop_key, taken likewise, must be there just when the tokens are bound: -EINVAL. -ENOMEM. */
int token_record_from_set(struct token_set *tokens, struct secret **dpop_key,
                          const struct identity *identity, const char *asked_scope,
                          uint64_t now_sec, struct token_record *ret_record);

/* A copy in all. 0 or -ENOMEM. */
int token_record_copy(const struct token_record *record, struct token_record *ret_copy);

/* May these tokens take the place of the old ones (RFC 6749 section 6)? -EBADMSG with *ret_why
 * (static) when the scope grew, or they changed between bound and bearer. What an id_token among
 * them says is not looked at. */
int token_record_allows(const struct token_record *old, const struct token_set *tokens,
                        const char **ret_why);

/* What a refresh made of it: takes the tokens, copies what stays. No new refresh token, id_token or
 * scope means that the old one stays. 0, or -ENOMEM and nothing is taken. */
int token_record_refreshed(const struct token_record *old, struct token_set *tokens,
                           uint64_t now_sec, struct token_record *ret_record);

/* True when the access token still counts for at least that long. One whose end nobody knows does.
 */
bool token_record_is_valid(const struct token_record *record, uint64_t min_lifetime_sec,
                           uint64_t now_sec);

/* For how long the access token was granted: a new one will hardly last longer. UINT64_MAX where
 * nobody said. */
uint64_t token_record_lifetime_sec(const struct token_record *record);

/* One JSON object, to be read by token_record_read(). 0, -E2BIG, -ENOMEM. */
int token_record_write(const struct token_record *record, struct secret **ret_json);

/* 0; -EBADMSG with *ret_why (static) for anything that token_record_write() would not have written;
 * -ENOMEM. */
int token_record_read(const char *json, size_t size, struct token_record *ret_record,
                      const char **ret_why);
