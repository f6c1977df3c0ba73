/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "admission.h"

#include <stdbool.h>
#include <string.h>

#include "accounts.h"
#include "common/account-name.h"
#include "common/cleanup.h"
#include "core/account-policy.h"
#include "core/rate-limit.h"
#include "core/service-name.h"
#include "io/account-lookup.h"
#include "throttling.h"

/* Whoever holds logins of an account must not keep its owner out, who comes from elsewhere: so many
 * sources may each have max_logins_per_account of them. */
#define SOURCES_PER_ACCOUNT 10

#define SENTENCE_ACCOUNT "This account cannot sign in here with an identity provider."
#define SENTENCE_CALLER  "Only root may ask about another account."
#define SENTENCE_NSS     "The account cannot be looked up right now. Try again later."

const struct refusal admission_no_objection = {LOGIN_GRANTED, ""};

int admission_init(struct admission *admission, const struct settings *settings,
                   struct state *state, const struct attempts *attempts)
{
        *admission = (struct admission){.settings = settings, .state = state, .attempts = attempts};
        return rate_limit_new(settings->max_logins_per_minute, &admission->starts);
}

void admission_finish(struct admission *admission)
{
        admission->starts = rate_limit_free(admission->starts);
}

struct refusal admission_refuse(struct admission *admission, enum log_event event,
                                const struct login_request *request, enum login_outcome outcome,
                                const char *sentence, const char *detail)
{
        struct log_decision decision = {
                .event = event,
                .outcome = outcome,
                .account = request->account,
                .service = request->service,
                .origin = request->origin,
                .requested_by = request->requested_by,
                .prior = request->prior,
                .caller_uid = request->caller_uid,
                .reason = detail,
                .is_idle = true,
        };
        log_decision(&decision);
        if (event == LOG_EVENT_LOGIN)
                admission->n_refused++;
        return (struct refusal){outcome, sentence};
}

struct refusal admission_refuse_account(struct admission *admission, enum log_event event,
                                        const struct login_request *request, const char *detail)
{
        return admission_refuse(admission, event, request, LOGIN_REFUSED, SENTENCE_ACCOUNT, detail);
}

/* ---- who, and which account ---- */

/* Who is not root may ask about the own account only; that is looked up by the caller's uid, so
 * that nobody can have names looked up, nor learn which exist. */
static bool caller_may_ask(const struct login_request *request)
{
        _cleanup_(local_account_finish) struct local_account caller = {0};

        return request->caller_uid == 0 || (account_lookup_uid(request->caller_uid, &caller) > 0 &&
                                            strcmp(caller.name, request->account) == 0);
}

static struct refusal check_account(struct admission *admission, enum log_event event,
                                    const struct login_request *request)
{
        _cleanup_(local_account_finish) struct local_account account = {0};
        struct account_facts facts = {.name = request->account};
        const char *sentence;

        /* The name before NSS: what lies behind it need not be safe to ask with any bytes. */
        if (account_name_is_valid(request->account)) {
                int r = account_lookup(request->account, &account);
                if (r < 0)
                        return admission_refuse(admission, event, request, LOGIN_UNAVAILABLE,
                                                SENTENCE_NSS, strerror(-r));
                facts.known = r > 0 && strcmp(account.name, request->account) == 0;
                facts.uid = account.uid;
                facts.shell = account.shell;
        }
        const char *detail = account_refusal(&facts, admission->settings->accounts.min_uid);
        if (detail)
                return admission_refuse_account(admission, event, request, detail);
        if (!accounts_objection(admission->state, account.name, account.uid, &detail, &sentence))
                return admission_no_objection;
        /* In the account phase the person is known already, and may know the reason. */
        if (event == LOG_EVENT_ACCOUNT)
                return admission_refuse(admission, event, request, LOGIN_REFUSED, sentence, detail);
        return admission_refuse_account(admission, event, request, detail);
}

struct refusal admission_check_local(struct admission *admission, enum log_event event,
                                     const struct login_request *request)
{
        if (!caller_may_ask(request))
                return admission_refuse(admission, LOG_EVENT_CALLER, request, LOGIN_REFUSED,
                                        SENTENCE_CALLER,
                                        "a caller who is not root asked about another account");
        if (!service_name_is_valid(request->service))
                return admission_refuse_account(admission, event, request,
                                                "the service has no proper name");
        const char *objection = state_objection(admission->state);
        if (objection)
                return admission_refuse(admission, event, request, LOGIN_UNAVAILABLE, objection,
                                        "the store was set aside and nobody has accepted that "
                                        "(badgectl store accept)");
        return check_account(admission, event, request);
}

/* ---- limits ---- */

struct refusal admission_check_throttle(struct admission *admission,
                                        const struct login_request *request, uint64_t now_sec)
{
        uint64_t wait_sec = throttling_wait_sec(admission->state, request->account, request->source,
                                                now_sec);

        if (wait_sec == 0)
                return admission_no_objection;
        return admission_refuse(admission, LOG_EVENT_LOGIN, request, LOGIN_THROTTLED,
                                throttling_sentence(wait_sec),
                                "too many logins of the account failed from there");
}

static const char *room_taken(const struct admission *admission, size_t n_own)
{
        return admission->attempts->n >= admission->settings->max_logins + n_own
                       ? "too many logins are pending (max_logins)"
                       : NULL;
}

/* The first limit that is reached, for the journal; NULL: none. The rate comes last: what another
 * limit refuses does not count against it. n_own: 1 for a login that is pending itself, else 0. */
static const char *limit_reached(const struct admission *admission,
                                 const struct login_request *request, size_t n_own,
                                 uint64_t now_usec)
{
        const struct settings *settings = admission->settings;
        const struct attempts *attempts = admission->attempts;
        const char *account = request->account, *source = request->source;
        const char *detail = room_taken(admission, n_own);

        if (detail)
                return detail;
        if (attempts_count(attempts, account, source) >= settings->max_logins_per_account + n_own)
                return "too many logins of the account are pending from there "
                       "(max_logins_per_account)";
        if (attempts_count(attempts, account, NULL) >=
            (size_t)settings->max_logins_per_account * SOURCES_PER_ACCOUNT + n_own)
                return "too many logins of the account are pending (max_logins_per_account, ten "
                       "times)";
        if (attempts_count(attempts, NULL, source) >= settings->max_logins_per_origin + n_own)
                return "too many logins from there are pending (max_logins_per_origin)";
        if (rate_limit_take(admission->starts, source, now_usec) <= 0)
                return "too many logins from there of late (max_logins_per_minute)";
        return NULL;
}

static struct refusal throttle(struct admission *admission, const struct login_request *request,
                               const char *detail)
{
        if (!detail)
                return admission_no_objection;
        return admission_refuse(admission, LOG_EVENT_LOGIN, request, LOGIN_THROTTLED,
                                login_sentence(LOGIN_THROTTLED), detail);
}

struct refusal admission_check_limits(struct admission *admission,
                                      const struct login_request *request, uint64_t now_usec)
{
        return throttle(admission, request, limit_reached(admission, request, 0, now_usec));
}

struct refusal admission_check_room(struct admission *admission,
                                    const struct login_request *request)
{
        return throttle(admission, request, room_taken(admission, 0));
}

const char *admission_objection(struct admission *admission, const struct login_request *request,
                                uint64_t now_usec)
{
        return limit_reached(admission, request, 1, now_usec);
}
