/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-rows.h"

#include <stddef.h>
#include <string.h>

#include "common/secret.h"
#include "io/store-account.h"
#include "io/store-fact.h"
#include "io/store-factor.h"
#include "io/store-identity.h"
#include "io/store-session.h"
#include "io/store-throttle.h"
#include "io/store-ticket.h"

#define TEXT(literal) TORTURE_TEXT(literal)
#define HASH          "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define SEVENTH       "7 " HASH

static const struct account_record account = {.name = TEXT("alice"), .uid = 1000};
static const struct identity_record identity = {.id = TEXT("i1"),
                                                .account = TEXT("alice"),
                                                .provider = TEXT("corp"),
                                                .issuer = TEXT("https://id.example"),
                                                .subject = TEXT("alices"),
                                                .name = TEXT("alice"),
                                                .bound_by = TEXT("login"),
                                                .created_at_sec = 1};
static const struct ticket_record ticket = {.id = TEXT("t1"),
                                            .account = TEXT("alice"),
                                            .name = TEXT("night shift"),
                                            .services = TEXT("[\"sshd\"]"),
                                            .hash = TEXT(HASH),
                                            .created_by = TEXT("root"),
                                            .created_at_sec = 1};
static const struct throttle_record throttle = {.id = TEXT("h1"),
                                                .account = TEXT("alice"),
                                                .origin = TEXT("192.0.2.66"),
                                                .n_failures = 3,
                                                .first_at_sec = 1,
                                                .last_at_sec = 2};
static const struct fact_record fact = {TEXT("journal-chain"), TEXT(SEVENTH)};

static bool put(struct store_mirror *mirror, const void *record)
{
        return store_mirror_put(mirror, record, NULL, NULL, NULL) == 0;
}

bool torture_rows_put(struct torture_store *store, void *userdata)
{
        const struct state *state = store->state;
        _cleanup_secret_ struct secret *token = secret_new_text("refresh"),
                                       *shared = secret_new_text("12345678901234567890");
        const struct session_record session = {.id = TEXT("s1"),
                                               .account = TEXT("alice"),
                                               .identity = TEXT("i1"),
                                               .type = TEXT("device"),
                                               .service = TEXT("sshd"),
                                               .created_at_sec = 1,
                                               .opened_at_sec = 2,
                                               .refresh_token = token};
        const struct factor_record factor = {.id = TEXT("f1"),
                                             .account = TEXT("alice"),
                                             .type = TEXT("totp"),
                                             .name = TEXT("phone"),
                                             .created_at_sec = 1,
                                             .confirmed_at_sec = 1,
                                             .shared_secret = shared};

        return put(state->accounts, &account) && put(state->identities, &identity) &&
               put(state->sessions, &session) && put(state->tickets, &ticket) &&
               put(state->factors, &factor) && put(state->throttles, &throttle) &&
               put(state->facts, &fact);
}

static bool is_secret(const struct secret *secret, const char *text)
{
        return secret && strcmp(secret_bytes(secret), text) == 0;
}

bool torture_rows_are_whole(const struct state *state)
{
        const struct account_record *a = store_mirror_get(state->accounts, "alice");
        const struct identity_record *i = store_mirror_get(state->identities, "i1");
        const struct session_record *s = store_mirror_get(state->sessions, "s1");
        const struct ticket_record *t = store_mirror_get(state->tickets, "t1");
        const struct factor_record *f = store_mirror_get(state->factors, "f1");
        const struct throttle_record *h = store_mirror_get(state->throttles, "h1");
        const struct fact_record *c = store_mirror_get(state->facts, "journal-chain");

        return a && a->uid == 1000 && i && strcmp(i->subject, "alices") == 0 && s &&
               strcmp(s->identity, "i1") == 0 && is_secret(s->refresh_token, "refresh") && t &&
               strcmp(t->hash, HASH) == 0 && f &&
               is_secret(f->shared_secret, "12345678901234567890") && h && h->n_failures == 3 &&
               c && strcmp(c->value, SEVENTH) == 0;
}
