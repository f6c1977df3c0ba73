/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "attempts.h"
#include "common/account-name.h"
#include "common/text.h"
#include "core/rate-limit.h"
#include "io/account-lookup.h"
#include "log.h"
#include "sessions.h"

#define USEC_PER_SEC 1000000ULL

#define SERVICE_NAME_MAX_BYTES 64

/* Whoever holds logins of an account must not keep its owner out, who comes from elsewhere: so many
 * sources may each have max_logins_per_account of them. */
#define SOURCES_PER_ACCOUNT 10

/* One sentence for every account that is not to be had: it does not tell which names exist. */
#define SENTENCE_ACCOUNT  "This account cannot sign in here with an identity provider."
#define SENTENCE_PROVIDER "That identity provider is not known here."
#define SENTENCE_CALLER   "Only root may ask about another account."
#define SENTENCE_NSS      "The account cannot be looked up right now. Try again later."

struct service_provider {
        struct provider *provider;
        struct account_rules rules;
};

struct service {
        sd_event *event;
        struct settings *settings;
        struct http_client *http;
        struct service_provider *providers;
        struct account_provider *choices; /* the same, as account_choose_provider() wants them */
        size_t n_providers;
        struct attempts attempts;
        struct rate_limit *starts;
        struct sessions *sessions;
        struct service_status status;
};

static void on_ended(const struct login *login, void *userdata);

/* ---- set-up ---- */

/* The same group name from another issuer is another group: only the default provider's count. */
static struct account_rules rules_of(const struct settings *settings,
                                     const struct provider_settings *provider)
{
        return (struct account_rules){
                .provider = provider->name,
                .issuer = provider->issuer,
                .username_claim = provider->username_claim,
                .strip_suffix = provider->strip_suffix,
                .map = settings->accounts.map,
                .groups = settings->accounts.groups,
                .n_groups = settings->accounts.n_groups,
                .has_groups = strcmp(provider->name, settings->default_provider) == 0,
                .groups_claim = settings->accounts.groups_claim,
        };
}

static int service_add_providers(struct service *service)
{
        const struct settings *settings = service->settings;

        service->providers = calloc(settings->n_providers, sizeof(*service->providers));
        service->choices = calloc(settings->n_providers, sizeof(*service->choices));
        if (!service->providers || !service->choices)
                return -ENOMEM;
        for (size_t i = 0; i < settings->n_providers; i++) {
                const struct provider_settings *provider = settings->providers[i];
                int r = provider_new(service->event, service->http, provider,
                                     &service->providers[i].provider);
                if (r < 0)
                        return r;
                service->providers[i].rules = rules_of(settings, provider);
                service->choices[i] = (struct account_provider){provider->name, provider->issuer};
                service->n_providers++;
        }
        return 0;
}

int service_new(sd_event *event, struct settings *settings, struct service **ret_service)
{
        _cleanup_(service_freep) struct service *service = calloc(1, sizeof(*service));
        if (!service) {
                (void)settings_free(settings);
                return -ENOMEM;
        }

        service->event = sd_event_ref(event);
        service->settings = settings;
        attempts_init(&service->attempts, on_ended, service);
        int r = http_client_new(event, &service->http);
        if (r < 0)
                return r;
        r = rate_limit_new(settings->max_logins_per_minute, &service->starts);
        if (r < 0)
                return r;
        r = sessions_new(&service->sessions);
        if (r < 0)
                return r;
        r = service_add_providers(service);
        if (r < 0)
                return r;
        *ret_service = TAKE_PTR(service);
        return 0;
}

struct service *service_free(struct service *service)
{
        if (!service)
                return NULL;
        for (size_t i = 0; i < service->n_providers; i++)
                (void)provider_free(service->providers[i].provider);
        free(service->providers);
        free(service->choices);
        (void)sessions_free(service->sessions);
        (void)rate_limit_free(service->starts);
        (void)http_client_free(service->http);
        (void)settings_free(service->settings);
        sd_event_unref(service->event);
        free(service);
        return NULL;
}

void service_warm_up(struct service *service)
{
        for (size_t i = 0; i < service->n_providers; i++)
                provider_warm_up(service->providers[i].provider);
}

/* ---- what is checked before anybody is asked ---- */

static struct service_provider *find_provider(const struct service *service, const char *name)
{
        for (size_t i = 0; name && i < service->n_providers; i++)
                if (strcmp(service->choices[i].name, name) == 0)
                        return &service->providers[i];
        return NULL;
}

/* A refusal before the network: one journal entry, and the sentence for the person. */
static struct service_refusal refuse(struct service *service, enum log_event event,
                                     const struct login_request *request,
                                     enum login_outcome outcome, const char *sentence,
                                     const char *detail)
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
        };
        log_decision(&decision);
        if (event == LOG_EVENT_LOGIN)
                service->status.refused_logins++;
        return (struct service_refusal){outcome, sentence};
}

static const struct service_refusal nothing_against = {LOGIN_GRANTED, ""};

/* Who is not root may ask about the own account only; that is looked up by the caller's uid, so
 * that nobody can have names looked up, nor learn which exist. */
static bool caller_is_account(const struct login_request *request)
{
        _cleanup_(local_account_finish) struct local_account caller = {0};

        return request->caller_uid == 0 || (account_lookup_uid(request->caller_uid, &caller) > 0 &&
                                            strcmp(caller.name, request->account) == 0);
}

/* Printable words that no log and no rule could misread. */
static bool service_name_is_valid(const char *name)
{
        static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                   "_.-";
        size_t length = strlen(name);

        return length > 0 && length <= SERVICE_NAME_MAX_BYTES && strspn(name, good) == length;
}

static struct service_refusal check_account(struct service *service, enum log_event event,
                                            const struct login_request *request)
{
        _cleanup_(local_account_finish) struct local_account account = {0};
        struct account_facts facts = {.name = request->account};

        /* The name before NSS: what lies behind it need not be safe to ask with any bytes. */
        if (account_name_is_valid(request->account)) {
                int r = account_lookup(request->account, &account);
                if (r < 0)
                        return refuse(service, event, request, LOGIN_UNAVAILABLE, SENTENCE_NSS,
                                      strerror(-r));
                facts.known = r > 0 && strcmp(account.name, request->account) == 0;
                facts.uid = account.uid;
                facts.shell = account.shell;
        }
        const char *detail = account_refusal(&facts, service->settings->accounts.min_uid);
        if (detail)
                return refuse(service, event, request, LOGIN_REFUSED, SENTENCE_ACCOUNT, detail);
        return nothing_against;
}

static struct service_refusal check_local(struct service *service, enum log_event event,
                                          const struct login_request *request)
{
        if (!caller_is_account(request))
                return refuse(service, LOG_EVENT_CALLER, request, LOGIN_REFUSED, SENTENCE_CALLER,
                              "a caller who is not root asked about another account");
        if (!service_name_is_valid(request->service))
                return refuse(service, event, request, LOGIN_REFUSED, SENTENCE_ACCOUNT,
                              "the service has no proper name");
        return check_account(service, event, request);
}

static struct service_refusal check_limits(struct service *service,
                                           const struct login_request *request)
{
        const struct settings *settings = service->settings;
        const struct attempts *attempts = &service->attempts;
        const char *detail = NULL;
        uint64_t now_usec = 0;

        (void)sd_event_now(service->event, CLOCK_BOOTTIME, &now_usec);
        if (attempts->n >= settings->max_logins)
                detail = "too many logins are pending (max_logins)";
        else if (attempts_count(attempts, request->account, request->source) >=
                 settings->max_logins_per_account)
                detail = "too many logins of the account are pending from there "
                         "(max_logins_per_account)";
        else if (attempts_count(attempts, request->account, NULL) >=
                 (size_t)settings->max_logins_per_account * SOURCES_PER_ACCOUNT)
                detail = "too many logins of the account are pending (max_logins_per_account, ten "
                         "times)";
        else if (attempts_count(attempts, NULL, request->source) >= settings->max_logins_per_origin)
                detail = "too many logins from there are pending (max_logins_per_origin)";
        else if (rate_limit_take(service->starts, request->source, now_usec) <= 0)
                detail = "too many logins from there of late (max_logins_per_minute)";
        if (!detail)
                return nothing_against;
        return refuse(service, LOG_EVENT_LOGIN, request, LOGIN_THROTTLED,
                      login_sentence(LOGIN_THROTTLED), detail);
}

/* ---- logins ---- */

/* A grant that cannot be remembered has no session later; the login itself stands. */
static void remember_granted(struct service *service, const struct login *login)
{
        const struct identity *identity = login_identity(login);
        uint64_t now_usec = 0;

        (void)sd_event_now(service->event, CLOCK_BOOTTIME, &now_usec);
        struct session granted = {
                .login = (char *)login_id(login),
                .account = (char *)login_account(login),
                .service = (char *)login_service(login),
                .origin = (char *)login_origin(login),
                .provider = identity->provider,
                .issuer = identity->issuer,
                .subject = identity->subject,
                .granted_at_usec = now_usec,
        };
        int r = sessions_add(service->sessions, &granted);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to remember login %s: %s, ignoring", login_id(login),
                         strerror(-r));
}

/* Before the caller hears of it: sshd opens the session the moment that it does. */
static void on_ended(const struct login *login, void *userdata)
{
        struct service *service = userdata;

        if (login_outcome(login) == LOGIN_GRANTED) {
                service->status.granted_logins++;
                remember_granted(service, login);
        } else {
                service->status.refused_logins++;
        }
}

static int start_attempt(struct service *service, struct service_provider *asked,
                         const struct login_request *request, const struct login_listener *listener,
                         struct attempt **ret_attempt)
{
        struct attempt_spec spec = {
                .event = service->event,
                .provider = asked->provider,
                .rules = &asked->rules,
                .request = request,
                .timeout_usec = service->settings->login_timeout_sec * USEC_PER_SEC,
        };
        return attempt_new(&service->attempts, &spec, listener, ret_attempt);
}

int service_start_login(struct service *service, const struct login_request *request,
                        const char *provider, const struct login_listener *listener,
                        struct attempt **ret_attempt, struct service_refusal *ret_refusal)
{
        struct service_refusal refusal = check_local(service, LOG_EVENT_LOGIN, request);
        if (refusal.outcome != LOGIN_GRANTED) {
                *ret_refusal = refusal;
                return 0;
        }
        const char *chosen = account_choose_provider(
                service->settings->accounts.map, service->choices, service->n_providers,
                request->account, provider, service->settings->default_provider);
        struct service_provider *asked = find_provider(service, chosen);
        if (!asked) {
                *ret_refusal = refuse(service, LOG_EVENT_LOGIN, request, LOGIN_REFUSED,
                                      SENTENCE_PROVIDER, "no provider of that name is configured");
                return 0;
        }
        if (!account_is_reachable(&asked->rules, request->account)) {
                *ret_refusal = refuse(service, LOG_EVENT_LOGIN, request, LOGIN_REFUSED,
                                      SENTENCE_ACCOUNT,
                                      "no identity of the provider may use the account");
                return 0;
        }
        refusal = check_limits(service, request);
        if (refusal.outcome != LOGIN_GRANTED) {
                *ret_refusal = refusal;
                return 0;
        }
        int r = start_attempt(service, asked, request, listener, ret_attempt);
        return r < 0 ? r : 1;
}

/* ---- account phase and sessions ---- */

struct service_refusal service_check_account(struct service *service,
                                             const struct login_request *request)
{
        struct service_refusal refusal = check_local(service, LOG_EVENT_ACCOUNT, request);
        if (refusal.outcome != LOGIN_GRANTED)
                return refusal;
        for (size_t i = 0; i < service->n_providers; i++)
                if (account_is_reachable(&service->providers[i].rules, request->account))
                        return nothing_against;
        return refuse(service, LOG_EVENT_ACCOUNT, request, LOGIN_REFUSED, SENTENCE_ACCOUNT,
                      "no identity of any provider may use the account");
}

static void log_session(enum log_event event, const struct session *session)
{
        struct log_decision decision = {
                .event = event,
                .outcome = LOGIN_GRANTED,
                .account = session->account,
                .service = session->service,
                .origin = session->origin,
                .provider = session->provider,
                .issuer = session->issuer,
                .subject = session->subject,
                .login = session->login,
                .session = session->id,
        };
        log_decision(&decision);
}

int service_open_session(struct service *service, const char *login, const char *account,
                         const char **ret_session)
{
        const struct session *session;
        uint64_t now_usec = 0;

        (void)sd_event_now(service->event, CLOCK_BOOTTIME, &now_usec);
        int r = sessions_open(service->sessions, login, account, now_usec, &session);
        if (r < 0)
                return r;
        log_session(LOG_EVENT_SESSION_OPENED, session);
        *ret_session = session->id;
        return 0;
}

int service_close_session(struct service *service, const char *session_id)
{
        _cleanup_(session_freep) struct session *session = sessions_close(service->sessions,
                                                                          session_id);
        if (!session)
                return -ENOENT;
        log_session(LOG_EVENT_SESSION_CLOSED, session);
        return 0;
}

struct service_status service_status(const struct service *service)
{
        struct service_status status = service->status;
        status.pending_logins = service->attempts.n;
        status.open_sessions = sessions_count(service->sessions);
        return status;
}

struct provider *service_provider_at(const struct service *service, size_t index)
{
        return index < service->n_providers ? service->providers[index].provider : NULL;
}

struct provider *service_provider(const struct service *service, const char *name)
{
        struct service_provider *found = find_provider(service, name);
        return found ? found->provider : NULL;
}

const struct settings *service_settings(const struct service *service)
{
        return service->settings;
}

sd_event *service_event(const struct service *service)
{
        return service->event;
}
