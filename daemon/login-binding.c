/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-binding.h"

#include <errno.h>
#include <string.h>
#include <sys/types.h>
#include <syslog.h>
#include <time.h>

#include "accounts.h"
#include "bindings.h"
#include "common/clock.h"
#include "io/account-lookup.h"
#include "log.h"
#include "login.h"
#include "settings.h"
#include "state.h"

#define SENTENCE_KEEPING "This host cannot keep track of sign-ins right now. Try again later."

static struct login_objection object(enum login_outcome outcome, const char *detail,
                                     const char *sentence)
{
        return (struct login_objection){outcome, detail, sentence};
}

/* Of now: between the question and the approval the name may have gone to somebody else. */
static struct login_objection find_uid(const char *name, uid_t *ret_uid)
{
        _cleanup_(local_account_finish) struct local_account account = {0};

        int r = account_lookup(name, &account);
        if (r < 0)
                return object(LOGIN_UNAVAILABLE, "the account cannot be looked up",
                              "The account cannot be looked up right now. Try again later.");
        if (r == 0 || strcmp(account.name, name) != 0)
                return object(LOGIN_REFUSED, "the account does not exist any more", NULL);
        *ret_uid = account.uid;
        return object(LOGIN_GRANTED, NULL, NULL);
}

static struct binding_claim claim_of(const struct login_binding_spec *spec, uid_t uid)
{
        return (struct binding_claim){
                .account = login_account(spec->login),
                .uid = uid,
                .identity = spec->identity,
                .verdict = spec->verdict,
                .name_claim = login_authority(spec->login)->rules.username_claim,
                .now_sec = clock_wall_sec(),
        };
}

static struct login_objection check_account(const struct login_binding_spec *spec, uid_t *ret_uid)
{
        const char *name = login_account(spec->login), *detail, *sentence;

        struct login_objection objection = find_uid(name, ret_uid);
        if (objection.outcome != LOGIN_GRANTED)
                return objection;
        if (accounts_objection(spec->state, name, *ret_uid, &detail, &sentence))
                return object(LOGIN_REFUSED, detail, sentence);
        return objection;
}

struct login_objection login_bind(const struct login_binding_spec *spec, const char **ret_identity)
{
        enum binding binding = BINDING_BY_RULE;
        const char *identity = NULL;
        uid_t uid;

        struct login_objection objection = check_account(spec, &uid);
        if (objection.outcome != LOGIN_GRANTED)
                return objection;
        const struct binding_claim claim = claim_of(spec, uid);
        if (spec->identity)
                binding = bindings_decide(spec->state, &claim);
        if (binding_is_refusal(binding))
                return object(LOGIN_REFUSED, binding_detail(binding), binding_sentence(binding));
        int r = accounts_meet(spec->state, claim.account, uid, claim.now_sec);
        if (r >= 0 && spec->identity)
                r = bindings_make(spec->state, &claim, binding, &identity);
        if (r < 0)
                return object(LOGIN_UNAVAILABLE,
                              r == -ENOSPC ? "there is no room for one more account or identity "
                                             "(badgectl account forget)"
                                           : "the login cannot be written down",
                              SENTENCE_KEEPING);
        *ret_identity = identity;
        return objection;
}

void login_binding_grant(const struct login_binding_spec *spec)
{
        const struct account_login login = {
                .name = login_account(spec->login),
                .origin = login_request(spec->login)->origin,
                .now_sec = clock_wall_sec(),
                .may_own = spec->settings->first_is_owner,
        };

        int r = accounts_note_login(spec->state, &login);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to note the login of account '%s': %s, ignoring",
                         login.name, strerror(-r));
}

bool login_binding_explain(const struct login_binding_spec *spec,
                           struct login_objection *ret_objection)
{
        uid_t uid;

        if (find_uid(login_account(spec->login), &uid).outcome != LOGIN_GRANTED)
                return false;
        const struct binding_claim claim = claim_of(spec, uid);
        enum binding binding = bindings_decide(spec->state, &claim);
        if (!binding_is_refusal(binding) || binding == BINDING_FORBIDDEN)
                return false;
        *ret_objection = object(LOGIN_REFUSED, binding_detail(binding), binding_sentence(binding));
        return true;
}
