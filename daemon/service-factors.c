/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "service-factors.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "factors.h"
#include "granted-logins.h"
#include "log.h"
#include "service-inside.h"
#include "sessions.h"

#define SENTENCE_FRESH_LOGIN "Setting up or removing a second factor begins with a login for it."

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

static struct refusal check_change(struct service *service, const struct login_request *request,
                                   const char *login, uint64_t *ret_proved_at_sec)
{
        struct refusal refusal = admission_check_local(&service->admission, LOG_EVENT_ACCOUNT,
                                                       request);

        if (refusal.outcome != LOGIN_GRANTED)
                return refusal;
        *ret_proved_at_sec = factors_proved_at_sec(service->state, request->account);
        if (!login && request->caller_uid == 0)
                return admission_no_objection;
        if (login && take_login(service, request->account, login, ret_proved_at_sec))
                return admission_no_objection;
        return admission_refuse(&service->admission, LOG_EVENT_ACCOUNT, request, LOGIN_REFUSED,
                                SENTENCE_FRESH_LOGIN,
                                "a factor is set up or removed by root, or after a login for it");
}

int service_enrol_factor(struct service *service, const struct login_request *request,
                         const char *login, const char *name, const char **ret_id,
                         struct secret **ret_uri, struct refusal *ret_refusal)
{
        char host[HOST_NAME_MAX + 1] = "";
        uint64_t proved_at_sec = 0;

        struct refusal refusal = check_change(service, request, login, &proved_at_sec);
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
                .now_usec = service_now_usec(service),
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
        timed.now_usec = service_now_usec(service);
        timed.now_sec = service_now_sec(service);
        return enrolments_confirm(service->enrolments, &timed, on_done, userdata, ret_write);
}

int service_remove_own_factor(struct service *service, const struct login_request *request,
                              const char *login, const char *id, store_on_done on_done,
                              void *userdata, struct store_write **ret_write,
                              struct refusal *ret_refusal)
{
        const struct factor_record *factor = store_mirror_get(service->state->factors, id);
        uint64_t proved_at_sec;

        if (!factor || strcmp(factor->account, request->account) != 0)
                return -ENOENT;
        struct refusal refusal = check_change(service, request, login, &proved_at_sec);
        if (refusal.outcome != LOGIN_GRANTED) {
                *ret_refusal = refusal;
                return 0;
        }
        int r = store_mirror_remove(service->state->factors, id, on_done, userdata, ret_write);
        return r < 0 ? r : 1;
}
