/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "authorities.h"
#include "enrolments.h"
#include "factors.h"
#include "granted-logins.h"
#include "identities.h"
#include "io/account-lookup.h"
#include "log.h"
#include "offline-codes.h"
#include "own-tokens.h"
#include "presentations.h"
#include "registration.h"
#include "self-links.h"
#include "session-watch.h"
#include "sessions.h"
#include "step-up.h"
#include "throttling.h"

#define USEC_PER_SEC         1000000ULL
#define SENTENCE_PROVIDER    "That identity provider is not known here."
#define SENTENCE_FRESH_LOGIN "Setting up a second factor begins with a login for it."

struct service {
        sd_event *event;
        struct settings *settings;
        struct state *state;
        struct http_client *http;
        struct authorities authorities;
        struct attempts attempts;
        struct admission admission;
        struct granted_logins *granted;
        struct session_watch *watch;
        struct recheck_sources rechecks;
        struct registrations *registrations;
        struct step_ups *step_ups;
        struct offline_codes *offline_codes;
        struct enrolments *enrolments;
        struct presentations *presentations;
        struct service_status status;
        void (*on_end_login)(const char *logind, void *userdata);
        void *userdata;
};

/* ---- the end of a login ---- */

static uint64_t now_usec(const struct service *service)
{
        uint64_t usec = 0;

        (void)sd_event_now(service->event, CLOCK_BOOTTIME, &usec);
        return usec;
}

static uint64_t now_sec(const struct service *service)
{
        uint64_t usec = 0;

        (void)sd_event_now(service->event, CLOCK_REALTIME, &usec);
        return usec / USEC_PER_SEC;
}

static void on_ended(struct login *login, void *userdata)
{
        struct service *service = userdata;

        step_ups_forget(service->step_ups, login);
        offline_codes_forget(service->offline_codes, login);
        registrations_forget(service->registrations, login);
        presentations_forget(service->presentations, login);
        throttling_note(service->state, login_account(login), login_request(login)->source,
                        login_outcome(login), now_sec(service));
        if (login_outcome(login) == LOGIN_GRANTED)
                service->status.granted_logins++;
        else
                service->status.refused_logins++;
}

static void on_end_login(const char *logind, void *userdata)
{
        struct service *service = userdata;

        if (service->on_end_login)
                service->on_end_login(logind, service->userdata);
}

void service_on_end_login(struct service *service,
                          void (*on_end)(const char *logind, void *userdata), void *userdata)
{
        service->on_end_login = on_end;
        service->userdata = userdata;
}

/* ---- set-up ---- */

static int service_add_registrar(struct service *service)
{
        const struct granted_logins_spec granted = {
                .event = service->event,
                .table = service->state->sessions,
                .state = service->state,
                .settings = service->settings,
                .authorities = &service->authorities,
                .on_end_login = on_end_login,
                .userdata = service,
        };
        int r = granted_logins_new(&granted, &service->granted);
        if (r < 0)
                return r;
        r = session_watch_new(service->event, service->granted, &service->watch);
        if (r < 0)
                return r;
        service->rechecks = (struct recheck_sources){
                .event = service->event,
                .settings = service->settings,
                .authorities = &service->authorities,
                .state = service->state,
                .sessions = granted_logins_sessions(service->granted),
                .keeper = granted_logins_keeper(service->granted),
                .rules_since_sec = now_sec(service),
        };
        const struct registrations_spec registrations = {
                .state = service->state,
                .settings = service->settings,
                .granted = service->granted,
        };
        return registrations_new(&registrations, &service->registrations);
}

int service_new(sd_event *event, struct settings *settings, struct state *state,
                struct service **ret_service)
{
        _cleanup_(service_freep) struct service *service = calloc(1, sizeof(*service));
        if (!service) {
                (void)settings_free(settings);
                return -ENOMEM;
        }

        service->event = sd_event_ref(event);
        service->settings = settings;
        service->state = state;
        attempts_init(&service->attempts, on_ended, service);
        int r = http_client_new(event, &service->http);
        if (r < 0)
                return r;
        const struct account_links links = identities_links(state);
        r = authorities_init(&service->authorities, event, service->http, settings, &links);
        if (r < 0)
                return r;
        r = admission_init(&service->admission, settings, state, &service->attempts);
        if (r < 0)
                return r;
        r = service_add_registrar(service);
        if (r < 0)
                return r;
        r = step_ups_new(state, registrations_registrar(service->registrations),
                         &service->step_ups);
        if (r < 0)
                return r;
        r = presentations_new(state, &service->presentations);
        if (r < 0)
                return r;
        const struct login_presenter tickets = presentations_presenter(service->presentations);
        r = offline_codes_new(state, settings, &tickets, &service->offline_codes);
        if (r < 0)
                return r;
        r = enrolments_new(state, &service->enrolments);
        if (r < 0)
                return r;
        *ret_service = TAKE_PTR(service);
        return 0;
}

struct service *service_free(struct service *service)
{
        if (!service)
                return NULL;
        (void)enrolments_free(service->enrolments);
        (void)step_ups_free(service->step_ups);
        (void)offline_codes_free(service->offline_codes);
        (void)presentations_free(service->presentations);
        (void)registrations_free(service->registrations);
        (void)session_watch_free(service->watch);
        (void)granted_logins_free(service->granted);
        authorities_finish(&service->authorities);
        admission_finish(&service->admission);
        (void)http_client_free(service->http);
        (void)settings_free(service->settings);
        sd_event_unref(service->event);
        free(service);
        return NULL;
}

void service_warm_up(struct service *service)
{
        granted_logins_start(service->granted);
        session_watch_look(service->watch);
        for (size_t i = 0; i < service->authorities.n; i++)
                provider_warm_up(service->authorities.list[i].provider);
}

/* ---- logins ---- */

static const char *may_ask(const struct login *login, void *userdata)
{
        struct service *service = userdata;

        return admission_objection(&service->admission, login_request(login), now_usec(service));
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
                                                      request->service, now_sec(service)),
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
        if (refusal.outcome == LOGIN_GRANTED)
                basis = find_basis(service, request, provider, &recheck);
        if (refusal.outcome == LOGIN_GRANTED)
                refusal = choose_provider(service, request, basis ? basis->provider : provider,
                                          &asked);
        if (refusal.outcome == LOGIN_GRANTED)
                refusal = admission_check_throttle(admission, request, now_sec(service));
        if (refusal.outcome == LOGIN_GRANTED)
                refusal = basis ? admission_check_room(admission, request)
                                : admission_check_limits(admission, request, now_usec(service));
        if (refusal.outcome != LOGIN_GRANTED) {
                *ret_refusal = refusal;
                return 0;
        }
        if (self_links_is_offer(request))
                self_links_begin(service_self_links(service), request->account, now_usec(service));
        int r = start_attempt(service, asked, request, basis ? &recheck : NULL, listener,
                              ret_attempt);
        return r < 0 ? r : 1;
}

void service_stop(struct service *service)
{
        attempts_stop(&service->attempts);
}

/* ---- account phase and sessions ---- */

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

int service_open_session(struct service *service, const char *login, const char *account,
                         const char *login_session, store_on_done on_done, void *userdata,
                         struct store_write **ret_write)
{
        _cleanup_(local_account_finish) struct local_account local = {0};
        bool is_known = account_lookup(account, &local) > 0 && strcmp(local.name, account) == 0;
        const struct session_claim claim = {account, is_known ? local.uid : SESSION_NO_UID,
                                            login_session};

        int r = granted_logins_open(service->granted, login, &claim, on_done, userdata, ret_write);
        if (r >= 0)
                session_watch_look(service->watch);
        return r;
}

int service_bind_session(struct service *service, const char *session, const char *login_session)
{
        int r = sessions_bind(granted_logins_sessions(service->granted), session, login_session);

        if (r >= 0)
                session_watch_look(service->watch);
        return r;
}

struct granted_logins *service_granted_logins(const struct service *service)
{
        return service->granted;
}

/* ---- second factors ---- */

/* The login that its person made for this, and for nothing else. */
static bool take_login(struct service *service, const char *account, const char *login,
                       uint64_t *ret_proved_at_sec)
{
        const struct session_record *session = sessions_get(
                granted_logins_sessions(service->granted), login);

        if (!session || session_is_open(session) || strcmp(session->account, account) != 0 ||
            strcmp(session->service, ENROLMENT_SERVICE) != 0)
                return false;
        *ret_proved_at_sec = session->proved_at_sec;
        return granted_logins_end(service->granted, login, SESSION_CLOSED, NULL, NULL, NULL) >= 0;
}

int service_enrol_factor(struct service *service, const struct login_request *request,
                         const char *login, const char *name, const char **ret_id,
                         struct secret **ret_uri, struct refusal *ret_refusal)
{
        char host[HOST_NAME_MAX + 1] = "";
        struct refusal refusal = admission_check_local(&service->admission, LOG_EVENT_ACCOUNT,
                                                       request);

        uint64_t proved_at_sec = factors_proved_at_sec(service->state, request->account);
        bool is_root = request->caller_uid == 0 && !login;
        if (refusal.outcome == LOGIN_GRANTED && !is_root &&
            (!login || !take_login(service, request->account, login, &proved_at_sec)))
                refusal = admission_refuse(&service->admission, LOG_EVENT_ACCOUNT, request,
                                           LOGIN_REFUSED, SENTENCE_FRESH_LOGIN,
                                           "a factor is set up by root, or after a login for it");
        if (refusal.outcome != LOGIN_GRANTED) {
                *ret_refusal = refusal;
                return 0;
        }
        (void)gethostname(host, sizeof(host) - 1);
        const struct enrolment_request wanted = {
                .account = request->account,
                .host = host,
                .name = name,
                .caller_uid = request->caller_uid,
                .proved_at_sec = proved_at_sec,
                .now_usec = now_usec(service),
        };
        int r = enrolments_begin(service->enrolments, &wanted, ret_id, ret_uri);
        return r < 0 ? r : 1;
}

/* Logins for a factor that wait yet were granted when this one was not there to be asked for. */
static int end_waiting_logins(struct service *service, const char *account)
{
        const struct sessions *sessions = granted_logins_sessions(service->granted);
        int r = 0;

        for (const struct session_record *session = NULL;
             r >= 0 && (session = sessions_next(sessions, session));)
                if (!session_is_open(session) && strcmp(session->account, account) == 0 &&
                    strcmp(session->service, ENROLMENT_SERVICE) == 0)
                        r = granted_logins_end(service->granted, session->id, SESSION_CLOSED, NULL,
                                               NULL, NULL);
        return r;
}

int service_confirm_factor(struct service *service, const struct enrolment_proof *proof,
                           store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        const char *account = enrolments_account(service->enrolments, proof);
        struct enrolment_proof timed = *proof;

        int r = account ? end_waiting_logins(service, account) : -ENOENT;
        if (r < 0)
                return r;
        timed.now_usec = now_usec(service);
        timed.now_sec = now_sec(service);
        return enrolments_confirm(service->enrolments, &timed, on_done, userdata, ret_write);
}

struct self_links *service_self_links(const struct service *service)
{
        return registrations_self_links(service->registrations);
}

struct service_status service_status(const struct service *service)
{
        struct service_status status = service->status;
        status.refused_logins += service->admission.n_refused;
        status.pending_logins = service->attempts.n;
        status.open_sessions = sessions_count(granted_logins_sessions(service->granted));
        return status;
}

struct provider *service_provider_at(const struct service *service, size_t index)
{
        return index < service->authorities.n ? service->authorities.list[index].provider : NULL;
}

struct provider *service_provider(const struct service *service, const char *name)
{
        const struct authority *found = authorities_find(&service->authorities, name);

        return found ? found->provider : NULL;
}

const struct settings *service_settings(const struct service *service)
{
        return service->settings;
}

struct state *service_state(const struct service *service)
{
        return service->state;
}

sd_event *service_event(const struct service *service)
{
        return service->event;
}
