/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From tokens to an identity: whose approval was it? The id_token's signature and claims are
 * checked (fetching the keys once more when its key is unknown), userinfo is fetched when the
 * account's rule needs a claim that the id_token lacks. Whether that identity may be the account is
 * not asked here. */
#pragma once

#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/account-policy.h"
#include "core/identity.h"
#include "core/token-set.h"
#include "provider.h"

struct verification;

/* Called once, from the loop. LOGIN_GRANTED means only that identity is verified; it is given to
 * the callee, and detail is NULL. Otherwise LOGIN_REFUSED or LOGIN_UNAVAILABLE, identity is NULL
 * and detail says why, for the journal (valid during the call). */
typedef void (*verification_on_done)(enum login_outcome outcome, struct identity *identity,
                                     const char *detail, void *userdata);

/* Takes the tokens over, on failure too. Borrows provider, rules and account until it is freed. */
int verification_new(struct provider *provider, const struct account_rules *rules,
                     const char *account, struct token_set *tokens, sd_event *event,
                     verification_on_done on_done, void *userdata,
                     struct verification **ret_verification);

/* Cancels; erases the tokens; may be called from inside the callback. */
struct verification *verification_free(struct verification *verification);
DEFINE_CLEANUP(struct verification *, verification_free);
