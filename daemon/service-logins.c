/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of service.h that lets logins and account phases begin. */
#include "service.h"

#include <string.h>

#include "enrolments.h"
#include "factors.h"
#include "io/account-lookup.h"
#include "log.h"
#include "offline-codes.h"
#include "self-links.h"
#include "service-inside.h"
#include "step-up.h"

#define SENTENCE_PROVIDER "That identity provider is not known here."

static const char *may_ask(const struct login *login, void *userdata)
{
        struct service *service = userdata;

        return admission_objection(&service->admission, login_request(login),
                                   service_now_usec(service));
}

/* Whoever has a factor shows it before the account gets another: else the approval alone, which it
 * is to go beside, would be enough to have one. */
static bool wants_code(const struct service *service, const struct login_request *request)
{
        return settings_service(service->settings, request->service)->wants_totp ||
               (strcmp(request->service, ENROLMENT_SERVICE) == 0 &&
                factors_has(service->state, request->account));
}

static int start_attempt(struct service *service, const struct authority *asked,
                         const struct login_request *request, const struct recheck_spec *recheck,
                         const struct login_listener *listener, struct attempt **ret_attempt)
{
        const struct login_spec spec = {
                .event = service->event,
                .authority = asked,
                .request = request,
                .recheck = recheck,
                .may_ask = may_ask,
                .userdata = service,
                .timeout_usec = service->settings->login_timeout_sec * USEC_PER_SEC,
                .wants_code = wants_code(service, request),
                .offers_code = offline_codes_may_open(service->offline_codes, request->account,
                                                      request->service, service_now_sec(service)),
                .registrar = step_ups_registrar(service->step_ups),
                .presenter = offline_codes_presenter(service->offline_codes),
                .listener = *listener,
        };
        return attempt_new(&service->attempts, &spec, ret_attempt);
}

static struct refusal choose_provider(struct service *service, const struct login_request *request,
                                      const char *wanted, const struct authority **ret_asked)
{
        const struct authority *asked = authorities_choose(&service->authorities, request->account,
                                                           wanted);

        if (!asked)
                return admission_refuse(&service->admission, LOG_EVENT_LOGIN, request,
                                        LOGIN_REFUSED, SENTENCE_PROVIDER,
                                        "no provider of that name is configured");
        if (!account_is_reachable(&asked->rules, request->account) && !self_links_is_offer(request))
                return admission_refuse_account(&service->admission, LOG_EVENT_LOGIN, request,
                                                "no identity of the provider may use the account");
        *ret_asked = asked;
        return admission_no_objection;
}

/* The session, of those in the login session that the login comes from, which may answer for it
 * instead of the person; NULL: none may, or none is to. */
static const struct session_record *find_basis(const struct service *service,
                                               const struct login_request *request,
                                               const char *provider, struct recheck_spec *ret_spec)
{
        const struct service_rules *rules = settings_service(service->settings, request->service);
        _cleanup_(local_account_finish) struct local_account local = {0};

        if (!request->login_session || rules->max_age_sec == 0 || rules->wants_totp ||
            request->redirect_uri || account_lookup(request->account, &local) <= 0)
                return NULL;
        *ret_spec = (struct recheck_spec){
                .sources = &service->rechecks,
                .account = request->account,
                .uid = local.uid,
                .service = request->service,
                .login_session = request->login_session,
                .provider = provider,
        };
        return recheck_find(ret_spec);
}

int service_start_login(struct service *service, const struct login_request *request,
                        const char *provider, const struct login_listener *listener,
                        struct attempt **ret_attempt, struct refusal *ret_refusal)
{
        struct admission *admission = &service->admission;
        const struct authority *asked = NULL;
        const struct session_record *basis = NULL;
        struct recheck_spec recheck;

        struct refusal refusal = admission_check_local(admission, LOG_EVENT_LOGIN, request);
        if (refusal.outcome == LOGIN_GRANTED) {
                basis = find_basis(service, request, provider, &recheck);
                refusal = choose_provider(service, request, basis ? basis->provider : provider,
                                          &asked);
        }
        if (refusal.outcome == LOGIN_GRANTED)
                refusal = admission_check_throttle(admission, request, service_now_sec(service));
        if (refusal.outcome == LOGIN_GRANTED)
                refusal = basis ? admission_check_room(admission, request)
                                : admission_check_limits(admission, request,
                                                         service_now_usec(service));
        if (refusal.outcome != LOGIN_GRANTED) {
                *ret_refusal = refusal;
                return 0;
        }
        int r = start_attempt(service, asked, request, basis ? &recheck : NULL, listener,
                              ret_attempt);
        return r < 0 ? r : 1;
}

/* ---- the account phase ---- */

struct refusal service_check_reach(struct service *service, const struct login_request *request)
{
        struct refusal refusal = admission_check_local(&service->admission, LOG_EVENT_ACCOUNT,
                                                       request);
        if (refusal.outcome != LOGIN_GRANTED)
                return refusal;
        if (authorities_reach(&service->authorities, request->account))
                return admission_no_objection;
        return admission_refuse_account(&service->admission, LOG_EVENT_ACCOUNT, request,
                                        "no identity of any provider may use the account");
}

int service_check_account(struct service *service, const struct login_request *request,
                          account_check_on_done on_done, void *userdata,
                          struct account_check **ret_check, struct refusal *ret_answer)
{
        struct refusal refusal = service_check_reach(service, request);

        if (refusal.outcome != LOGIN_GRANTED) {
                *ret_answer = refusal;
                return 0;
        }
        return account_check_new(&service->admission, &service->rechecks, request, on_done,
                                 userdata, ret_check, ret_answer);
}
