/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "enrolments.h"
#include "granted-logins.h"
#include "identities.h"
#include "io/account-lookup.h"
#include "offline-codes.h"
#include "presentations.h"
#include "registration.h"
#include "resumption.h"
#include "service-inside.h"
#include "session-watch.h"
#include "step-up.h"
#include "throttling.h"

/* ---- clocks ---- */

uint64_t service_now_usec(const struct service *service)
{
        return clock_now_usec();
}

uint64_t service_now_sec(const struct service *service)
{
        return clock_wall_sec();
}

/* ---- the end of a login ---- */

static void on_ended(struct login *login, void *userdata)
{
        struct service *service = userdata;

        step_ups_forget(service->step_ups, login);
        offline_codes_forget(service->offline_codes, login);
        registrations_forget(service->registrations, login);
        presentations_forget(service->presentations, login);
        throttling_note(service->state, login_account(login), login_request(login)->source,
                        login_outcome(login), service_now_sec(service));
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
                .rules_since_sec = service_now_sec(service),
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
        resumption_start(service->granted);
        session_watch_look(service->watch);
        for (size_t i = 0; i < service->authorities.n; i++)
                provider_warm_up(service->authorities.list[i].provider);
}

/* ---- logins ---- */

void service_stop(struct service *service)
{
        attempts_stop(&service->attempts);
}

/* ---- sessions ---- */

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
