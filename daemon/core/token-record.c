/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/token-record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/identity.h"
#include "core/refuse.h"
#include "core/token-set.h"

void token_record_finish(struct token_record *record)
{
        free(record->provider);
        free(record->issuer);
        free(record->subject);
        free(record->scope);
        (void)secret_free(record->access_token);
        (void)secret_free(record->refresh_token);
        (void)secret_free(record->id_token);
        (void)secret_free(record->dpop_key);
        *record = (struct token_record){0};
}

static void record_move(struct token_record *record, struct token_record *ret_record)
{
        *ret_record = *record;
        *record = (struct token_record){0};
}

/* The record takes from the set what is there, and keeps what it has of the rest. */
static void take_tokens(struct token_record *record, struct token_set *tokens, uint64_t now_sec)
{
        struct {
                struct secret **ours, **theirs;
        } pairs[] = {
                {&record->access_token, &tokens->access_token},
                {&record->refresh_token, &tokens->refresh_token},
                {&record->id_token, &tokens->id_token},
        };

        record->id_token_is_new = tokens->id_token != NULL;
        for (size_t i = 0; i < ELEMENTSOF(pairs); i++)
                if (*pairs[i].theirs) {
                        (void)secret_free(*pairs[i].ours);
                        *pairs[i].ours = TAKE_PTR(*pairs[i].theirs);
                }
        if (tokens->scope) {
                free(record->scope);
                record->scope = TAKE_PTR(tokens->scope);
        }
        record->granted_at_sec = now_sec;
        record->expires_at_sec = tokens->expires_in_sec > 0 ? now_sec + tokens->expires_in_sec : 0;
        token_set_finish(tokens);
}

int token_record_from_set(struct token_set *tokens, struct secret **dpop_key,
                          const struct identity *identity, const char *asked_scope,
                          uint64_t now_sec, struct token_record *ret_record)
{
        _cleanup_record_ struct token_record record = {.auth_time_sec = identity->auth_time_sec};

        if (tokens->is_bound != (*dpop_key != NULL))
                return -EINVAL;
        if (text_copy(identity->provider, &record.provider) < 0 ||
            text_copy(identity->issuer, &record.issuer) < 0 ||
            text_copy(identity->subject, &record.subject) < 0 ||
            text_copy(asked_scope ? asked_scope : "", &record.scope) < 0)
                return -ENOMEM;
        take_tokens(&record, tokens, now_sec);
        record.dpop_key = TAKE_PTR(*dpop_key);
        record_move(&record, ret_record);
        return 0;
}

static int copy_secret(const struct secret *secret, struct secret **ret_copy)
{
        if (!secret)
                return 0;
        *ret_copy = secret_new(secret_bytes(secret), secret_size(secret));
        return *ret_copy ? 0 : -ENOMEM;
}

int token_record_copy(const struct token_record *record, struct token_record *ret_copy)
{
        _cleanup_record_ struct token_record copy = {
                .granted_at_sec = record->granted_at_sec,
                .expires_at_sec = record->expires_at_sec,
                .auth_time_sec = record->auth_time_sec,
                .refresh_in_doubt = record->refresh_in_doubt,
                .id_token_is_new = record->id_token_is_new,
        };

        if (text_copy(record->provider, &copy.provider) < 0 ||
            text_copy(record->issuer, &copy.issuer) < 0 ||
            text_copy(record->subject, &copy.subject) < 0 ||
            text_copy(record->scope, &copy.scope) < 0 ||
            copy_secret(record->access_token, &copy.access_token) < 0 ||
            copy_secret(record->refresh_token, &copy.refresh_token) < 0 ||
            copy_secret(record->id_token, &copy.id_token) < 0 ||
            copy_secret(record->dpop_key, &copy.dpop_key) < 0)
                return -ENOMEM;
        record_move(&copy, ret_copy);
        return 0;
}

/* ---- refresh ---- */

/* RFC 6749 section 3.3: words between single blanks, in any order. */
static bool scope_has(const char *scope, const char *word, size_t size)
{
        for (const char *s = scope; *s; s += strspn(s, " ")) {
                size_t length = strcspn(s, " ");
                if (length == size && strncmp(s, word, size) == 0)
                        return true;
                s += length;
        }
        return false;
}

static bool scope_grew(const char *old, const char *new)
{
        for (const char *s = new + strspn(new, " "); *s; s += strspn(s, " ")) {
                size_t length = strcspn(s, " ");
                if (!scope_has(old, s, length))
                        return true;
                s += length;
        }
        return false;
}

/* Where nobody asked for a scope, what is granted is the provider's to choose. */
int token_record_allows(const struct token_record *old, const struct token_set *tokens,
                        const char **ret_why)
{
        if (tokens->is_bound != (old->dpop_key != NULL))
                return refuse("token_type is another than before", ret_why);
        if (tokens->scope && old->scope[0] != '\0' && scope_grew(old->scope, tokens->scope))
                return refuse("the scope grew with a refresh", ret_why);
        return 0;
}

int token_record_refreshed(const struct token_record *old, struct token_set *tokens,
                           uint64_t now_sec, struct token_record *ret_record)
{
        struct token_record record = {0};

        int r = token_record_copy(old, &record);
        if (r < 0)
                return r;
        take_tokens(&record, tokens, now_sec);
        record.refresh_in_doubt = false;
        *ret_record = record;
        return 0;
}

/* ---- validity ---- */

bool token_record_is_valid(const struct token_record *record, uint64_t min_lifetime_sec,
                           uint64_t now_sec)
{
        if (record->expires_at_sec == 0)
                return true;
        return record->expires_at_sec > now_sec &&
               record->expires_at_sec - now_sec >= min_lifetime_sec;
}

uint64_t token_record_lifetime_sec(const struct token_record *record)
{
        if (record->expires_at_sec == 0)
                return UINT64_MAX;
        return record->expires_at_sec > record->granted_at_sec
                       ? record->expires_at_sec - record->granted_at_sec
                       : 0;
}
