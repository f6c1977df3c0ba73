/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of login.h that tells of a login and changes nothing. */
#include "login.h"

#include <errno.h>

#include "login-inside.h"

const char *login_id(const struct login *login)
{
        return login->id;
}

const char *login_account(const struct login *login)
{
        return login->request.account;
}

const struct login_request *login_request(const struct login *login)
{
        return &login->request;
}

const struct authority *login_authority(const struct login *login)
{
        return login->authority;
}

const struct provider_settings *login_provider(const struct login *login)
{
        return provider_settings(login->authority->provider);
}

uint64_t login_expires_at_usec(const struct login *login)
{
        return login->expires_at_usec;
}

const struct grant_challenge *login_challenge(const struct login *login)
{
        return login->challenge;
}

const char *login_picture(const struct login *login)
{
        return login->picture;
}

bool login_wants_secret(const struct login *login)
{
        return login->state == LOGIN_STATE_OFFERING;
}

bool login_wants_code(const struct login *login)
{
        return login->wants_code;
}

bool login_offers_code(const struct login *login)
{
        return login->offers_code;
}

const struct secret *login_code(const struct login *login, uint64_t *ret_typed_at_sec)
{
        *ret_typed_at_sec = login->code_typed_at_sec;
        return login->code;
}

bool login_has_ended(const struct login *login)
{
        return login->state == LOGIN_STATE_ENDED;
}

enum login_outcome login_outcome(const struct login *login)
{
        return login->state == LOGIN_STATE_ENDED ? login->decision.outcome : LOGIN_REFUSED;
}

const char *login_reason(const struct login *login)
{
        return login_decision_reason(&login->decision);
}

static bool login_is_allowed(const struct login *login)
{
        return login->state == LOGIN_STATE_REGISTERING || login_outcome(login) == LOGIN_GRANTED;
}

const struct identity *login_identity(const struct login *login)
{
        return login_is_allowed(login) ? login->decision.identity : NULL;
}

const struct account_verdict *login_verdict(const struct login *login)
{
        return login_is_allowed(login) ? &login->decision.verdict : NULL;
}

const char *login_substitute(const struct login *login)
{
        return login_is_allowed(login) ? login->decision.substitute : NULL;
}

const char *login_basis(const struct login *login)
{
        return login_is_allowed(login) ? login->basis : NULL;
}

int login_take_tokens(struct login *login, struct token_record *ret_record)
{
        const struct identity *identity = login_identity(login);

        return identity ? proof_take_tokens(login->proof, identity, ret_record) : -ENOENT;
}
