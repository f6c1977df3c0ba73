/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session-draft.h"

#include <errno.h>
#include <stdlib.h>

#include "settings.h"

static const char *type_of(const struct login *login)
{
        const struct grant_challenge *challenge = login_challenge(login);

        if (login_substitute(login))
                return login_substitute(login);
        if (challenge && challenge->authorization_url)
                return "browser";
        return challenge && challenge->user_code ? "device" : "backchannel";
}

static int lend_identity(struct session_draft *draft, const struct login *login)
{
        const struct provider_settings *provider = login_provider(login);
        const struct identity *identity = login_identity(login);
        struct session_record *session = &draft->record;

        session->provider = provider->name;
        session->client_id = provider->client_id;
        session->proved_at_sec = session->created_at_sec;
        session->issuer = identity->issuer;
        session->subject = identity->subject;
        session->acr = identity->acr;
        session->auth_time_sec = identity->auth_time_sec;
        session->amr = draft->amr = identity_amr_text(identity);
        return session->amr ? 0 : -ENOMEM;
}

int session_draft_init(struct session_draft *draft, const struct login *login,
                       uint64_t lifetime_sec, uint64_t now_sec)
{
        const struct login_request *request = login_request(login);

        *draft = (struct session_draft){
                .record =
                        {
                                .id = (char *)login_id(login),
                                .account = (char *)login_account(login),
                                .type = (char *)type_of(login),
                                .service = (char *)request->service,
                                .terminal = (char *)request->terminal,
                                .remote_host = (char *)request->remote_host,
                                .created_at_sec = now_sec,
                        },
        };
        if (lifetime_sec > 0)
                draft->record.expires_at_sec = now_sec + lifetime_sec;
        return login_identity(login) ? lend_identity(draft, login) : 0;
}

void session_draft_follow(struct session_draft *draft, const struct session_record *basis)
{
        struct session_record *session = &draft->record;

        session->identity = basis->identity;
        session->issuer = basis->issuer;
        session->subject = basis->subject;
        session->provider = basis->provider;
        session->client_id = basis->client_id;
        session->acr = basis->acr;
        session->amr = basis->amr;
        session->auth_time_sec = basis->auth_time_sec;
        session->proved_at_sec = basis->proved_at_sec;
        session->expires_at_sec = basis->expires_at_sec;
}

void session_draft_finish(struct session_draft *draft)
{
        free(draft->amr);
        *draft = (struct session_draft){0};
}
