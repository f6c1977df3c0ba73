/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands between an identity that the rules let use the account, and a login that is granted:
 * the account's lock, and whose it is by what badged knows from earlier logins. Not what is written
 * down of the session: registration.h. */
#pragma once

#include <stdbool.h>

#include "common/login-outcome.h"
#include "core/account-policy.h"
#include "core/identity.h"

struct login;
struct settings;
struct state;

/* All borrowed. */
struct login_binding_spec {
        struct state *state;
        const struct settings *settings;
        const struct login *login;
        const struct identity *identity;       /* that approved; NULL: no provider had a say */
        const struct account_verdict *verdict; /* of the rules on it; NULL likewise */
};

/* Why a login is not granted. */
struct login_objection {
        enum login_outcome outcome; /* LOGIN_GRANTED: nothing is against it */
        const char *detail;         /* for the journal; static */
        const char *sentence;       /* for the person; static; NULL: the outcome's own */
};

/* Of a login whose verdict allows it, or that no provider had a say in. If nothing is against it,
 * account and identity are known from here on, and *ret_identity is the id of the identity's row:
 * borrowed until the loop goes on, NULL when there is none. */
struct login_objection login_bind(const struct login_binding_spec *spec, const char **ret_identity);

/* Of the same login, once it is granted and only then: the account's last one, and maybe its
 * owner's.
 */
void login_binding_grant(const struct login_binding_spec *spec);

/* Of a login whose verdict forbids it: false when there is nothing to add to that. */
bool login_binding_explain(const struct login_binding_spec *spec,
                           struct login_objection *ret_objection);
