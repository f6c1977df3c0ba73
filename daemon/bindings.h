/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a login has to do with earlier ones (capability B4): whose account it is by what badged
 * knows, and what is written down of it. What it means is core/identity-binding's to say. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "core/account-policy.h"
#include "core/identity-binding.h"
#include "core/identity.h"

struct state;

/* How many identities that were refused an account are kept for an administrator to look at; the
 * journal has all of them. */
#define IDENTITIES_REFUSED_PER_ACCOUNT_MAX 16

/* A login. All borrowed. */
struct binding_claim {
        const char *account;
        uid_t uid; /* that the account has now */
        const struct identity *identity;
        const struct account_verdict *verdict; /* of the rules */
        const char *name_claim;                /* what the rules would name accounts by, or NULL */
        uint64_t now_sec;
};

/* Whose account it is. Of whoever is refused, and of nobody else, something may be written down,
 * for an administrator to see. */
enum binding bindings_decide(struct state *state, const struct binding_claim *claim);

/* What was decided is written down; the account must be known (accounts.h). *ret_id is the
 * identity's row, borrowed as its record is; NULL when it has none (BINDING_BY_RULE). -EPERM for a
 * refusal. */
int bindings_make(struct state *state, const struct binding_claim *claim, enum binding binding,
                  const char **ret_id);
