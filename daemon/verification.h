/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose approval was it (identification.h), and does it still count? What the settings or the
 * account's rule want besides is asked one after the other: userinfo, introspection, groups, the
 * account's standing, claims. Whether that identity may be the account is not asked here. */
#pragma once

#include "authority.h"
#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/identity.h"
#include "core/token-set.h"

struct private_key;
struct verification;

/* Called once, from the loop. LOGIN_GRANTED means only that identity is verified; it is given to
 * the callee, and detail is NULL. Otherwise LOGIN_REFUSED or LOGIN_UNAVAILABLE, identity is NULL
 * and detail says why, for the journal (valid during the call). */
typedef void (*verification_on_done)(enum login_outcome outcome, struct identity *identity,
                                     const char *detail, void *userdata);

/* Borrowed until the verification is freed, but for the tokens. */
struct verification_spec {
        sd_event *event;
        const struct authority *authority;
        const char *account;
        const struct token_set *tokens; /* the caller's own, and stay so */
        const struct private_key *dpop; /* that they are bound to; NULL: to none */
        const char *nonce;              /* that the id_token must have; NULL: none was sent */
        verification_on_done on_done;
        void *userdata;
};

int verification_new(const struct verification_spec *spec, struct verification **ret_verification);

/* Cancels; may be called from inside the callback. */
struct verification *verification_free(struct verification *verification);
DEFINE_CLEANUP(struct verification *, verification_free);
