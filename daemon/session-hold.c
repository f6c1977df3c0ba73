/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session-hold.h"

#include <string.h>

#include "io/store-identity.h"

static bool is_bound(const struct state *state, const struct session_record *session)
{
        const struct identity_record *identity = NULL;

        if (session->identity)
                identity = store_mirror_get(state->identities, session->identity);
        return identity && identity->account && strcmp(identity->account, session->account) == 0 &&
               strcmp(identity->issuer, session->issuer) == 0 &&
               strcmp(identity->subject, session->subject) == 0;
}

enum account_hold session_hold(const struct session_record *session, uint64_t uid,
                               const struct authorities *authorities, const struct state *state)
{
        const struct authority *authority;

        if (!session->issuer || !session->subject || session->uid != uid)
                return ACCOUNT_HOLD_NONE;
        authority = authorities_find(authorities, session->provider);
        if (!authority || strcmp(session->issuer, authority->rules.issuer) != 0 ||
            !session->client_id ||
            strcmp(session->client_id, provider_settings(authority->provider)->client_id) != 0)
                return ACCOUNT_HOLD_NONE;
        return account_hold(&authority->rules, session->account, session->subject,
                            is_bound(state, session));
}
