/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose approval was it? The id_token's signature and claims are checked (fetching the keys once
 * more when its key is unknown), or, with plain OAuth 2.0, the API is asked whose the token is. */
#pragma once

#include <stdint.h>

#include "authority.h"
#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/identity.h"
#include "core/token-set.h"

struct identification;
struct private_key;

/* Called once, from the loop or from inside identification_start(). LOGIN_GRANTED means only that
 * the identity is known; it is given to the callee. Otherwise LOGIN_REFUSED or LOGIN_UNAVAILABLE,
 * and detail says why, for the journal. May free the identification. */
typedef void (*identification_on_done)(enum login_outcome outcome, struct identity *identity,
                                       const char *detail, void *userdata);

/* Borrowed until the identification is freed. */
struct identification_spec {
        const struct authority *authority;
        const struct token_set *tokens;
        const struct private_key *dpop; /* that they are bound to; NULL: to none */
        const char *nonce;              /* that the id_token must have; NULL: none was sent */
        const char *subject;            /* of the first login, with a refresh; NULL: any */
        uint64_t auth_time_sec;         /* likewise; 0: any */
        identification_on_done on_done;
        void *userdata;
};

int identification_new(const struct identification_spec *spec,
                       struct identification **ret_identification);
/* Cancels. Takes NULL, returns NULL. */
struct identification *identification_free(struct identification *identification);
DEFINE_CLEANUP(struct identification *, identification_free);

void identification_start(struct identification *identification);
