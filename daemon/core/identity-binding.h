/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose account it is: what a rule allows is held against what earlier logins, and administrators,
 * left behind. (issuer, subject) is the only key of a person that stays (OIDC Core section 5.7);
 * names at a provider, names of accounts and uids are given to others. Whoever finds them changed
 * is refused until an administrator has looked.
 *
 * Explicit rules, the map and groups, stand by themselves: they bind nothing and need no binding.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "core/account-policy.h"

enum binding {
        BINDING_BY_RULE, /* an explicit rule says yes; nothing is bound */
        BINDING_KNOWN,   /* the account is this identity's already */
        BINDING_NEW,     /* it becomes that by this login */
        /* All others are refusals. */
        BINDING_FORBIDDEN,     /* by the rules */
        BINDING_NAME_CHANGED,  /* the account is its own, but the provider calls it otherwise now */
        BINDING_OTHER_ACCOUNT, /* the identity belongs to another account */
        BINDING_OTHER_IDENTITY, /* the account belongs to another identity */
        BINDING_OTHER_UID,      /* the account is not the one that badged knew by that name */
};

/* All borrowed. */
struct binding_facts {
        const struct account_verdict *verdict;
        const char *account; /* that was asked for */
        uint64_t uid;        /* that it has now */

        const uint64_t *known_uid; /* that it had; NULL: badged does not know the account */
        const char *bound_account; /* the identity's; NULL: none */
        bool is_bound;             /* some identity, this one or another, has the account */
};

enum binding binding_decide(const struct binding_facts *facts);

bool binding_is_refusal(enum binding binding);

/* Why it is one, for the journal and for the person; NULL when it is none. Static. */
const char *binding_detail(enum binding binding);
const char *binding_sentence(enum binding binding);
