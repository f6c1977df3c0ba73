/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which identity has which account (capability B4), and what is done about it by hand. What logins
 * do about it: bindings.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/account-policy.h"
#include "io/store-identity.h"
#include "io/store-mirror.h"

struct state;

/* How an identity came to its account (bound_by): by its first login, or by hand. */
#define IDENTITY_BOUND_BY_LOGIN "login"
#define IDENTITY_BOUND_BY_SELF  "self" /* the person approved with both */
#define IDENTITY_BOUND_BY_ADMIN "administrator"

/* NULL: there is none. Borrowed as records of a mirror are. */
const struct identity_record *identities_get(const struct state *state, const char *id);
const struct identity_record *identities_find(const struct state *state, const char *issuer,
                                              const char *subject);
/* Those that have the account or asked for it, or all (NULL); oldest first. */
const struct identity_record *identities_next(const struct state *state, const char *account,
                                              const struct identity_record *after);

/* For account_rules. Borrows the state. */
struct account_links identities_links(struct state *state);

/* ---- by hand ---- on_done and ret_write are as in io/store-mirror.h. */

struct identity_link {
        const char *account; /* known */
        const char *provider, *issuer, *subject;
        bool is_by_self; /* else by an administrator */
        uint64_t now_sec;
};

/* -EALREADY when the identity has the account; -EBUSY when it has another. */
int identities_link(struct state *state, const struct identity_link *link, store_on_done on_done,
                    void *userdata, struct store_write **ret_write);

/* The identity is nobody's again. -ENOENT, -EALREADY. */
int identities_unlink(struct state *state, const char *id, store_on_done on_done, void *userdata,
                      struct store_write **ret_write);

/* What was refused of the identity is right: the account that it asked for becomes its own, in
 * place of the one that it had, and so does the name that it came with. -ENOENT, also when there is
 * no such account any more; -EALREADY when nothing is to be settled. */
int identities_accept(struct state *state, const char *id, store_on_done on_done, void *userdata,
                      struct store_write **ret_write);
