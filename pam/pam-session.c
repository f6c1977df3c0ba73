/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/bus-client.h"
#include "common/clock.h"
#include "common/login-verdict.h"
#include "pam/pam-request.h"

/* For finding the daemon, which the bus may have to start. */
#define FIND_TIMEOUT_SEC 10

/* NULL when nothing of that name was kept. */
static const char *kept(pam_handle_t *pamh, const char *name)
{
        const void *data = NULL;

        return pam_get_data(pamh, name, &data) == PAM_SUCCESS ? data : NULL;
}

static bool find_daemon(struct bus_client **ret_client, struct login_verdict *verdict)
{
        return bus_client_new(-1, clock_now_usec() + FIND_TIMEOUT_SEC * USEC_PER_SEC, ret_client,
                              verdict);
}

bool session_check_account(struct request *request, struct login_verdict *verdict)
{
        _cleanup_bus_client_ struct bus_client *client = NULL;
        struct login_context context = request_context(request);

        login_verdict_set(verdict, LOGIN_REFUSED, NULL);
        switch (request_look_up(request)) {
        case ACCOUNT_UNKNOWN:
        case ACCOUNT_UNCHECKED:
                return true;
        case ACCOUNT_ROOT:
        case ACCOUNT_SYSTEM:
                if (!pam_getenv(request->pamh, ENV_LOGIN))
                        return false;
                break;
        case ACCOUNT_PERSON:
                break;
        }
        context.login = pam_getenv(request->pamh, ENV_LOGIN);
        if (find_daemon(&client, verdict))
                bus_client_check_account(client, request->account, request->service, &context,
                                         verdict);
        return true;
}

static void free_text(pam_handle_t *pamh, void *text, int error_status)
{
        free(text);
}

static bool keep(const struct request *request, const char *name, const char *text)
{
        _cleanup_free_ char *copy = strdup(text);

        if (!copy || pam_set_data(request->pamh, name, copy, free_text) != PAM_SUCCESS)
                return false;
        TAKE_PTR(copy);
        return true;
}

/* For the person to see; what is closed is what was kept. */
static bool put_session(struct request *request, const char *session, struct login_verdict *verdict)
{
        _cleanup_free_ char *entry = NULL;

        if (asprintf(&entry, ENV_SESSION "=%s", session) < 0)
                entry = NULL;
        if (entry && keep(request, DATA_SESSION, session) &&
            keep(request, DATA_LOGIN_SESSION, request->login_session) &&
            pam_putenv(request->pamh, entry) == PAM_SUCCESS)
                return true;
        login_verdict_set(verdict, LOGIN_REFUSED, NULL);
        return false;
}

/* Whose login it was: sshd opens the session in another process, but does not change PAM_USER. */
static const char *login_account(const struct request *request)
{
        const char *account = kept(request->pamh, DATA_ACCOUNT);

        return account ? account : request->account;
}

enum session_answer session_open(struct request *request, struct login_verdict *verdict)
{
        _cleanup_bus_client_ struct bus_client *client = NULL;
        _cleanup_free_ char *session = NULL;
        const char *id = pam_getenv(request->pamh, ENV_LOGIN), *account = login_account(request);

        if (!id)
                return SESSION_NOT_OURS;
        request_find_login_session(request, account);
        struct login_context context = request_context(request);
        if (!find_daemon(&client, verdict) ||
            !bus_client_open_session(client, account, id, &context, &session, verdict))
                return SESSION_FAILED;
        if (put_session(request, session, verdict))
                return SESSION_DONE;
        struct login_verdict ignored;
        (void)bus_client_close_session(client, session, &ignored);
        return SESSION_FAILED;
}

bool session_is_open(pam_handle_t *pamh)
{
        return kept(pamh, DATA_SESSION) != NULL;
}

/* badge-sshd and the like stand first in their files, before pam_loginuid and pam_systemd. But sshd
 * and login set credentials once more when the session is open, in the process that is in it. */
void session_bind(struct request *request)
{
        _cleanup_bus_client_ struct bus_client *client = NULL;
        const char *session = kept(request->pamh, DATA_SESSION);
        const char *known = kept(request->pamh, DATA_LOGIN_SESSION);
        struct login_verdict ignored;

        if (!session || !known)
                return;
        request_find_login_session(request, login_account(request));
        if (request->login_session[0] == '\0' || strcmp(request->login_session, known) == 0)
                return;
        const struct login_context context = {.login_session = request->login_session};
        if (find_daemon(&client, &ignored) &&
            bus_client_bind_session(client, session, &context, &ignored))
                (void)keep(request, DATA_LOGIN_SESSION, request->login_session);
}

enum session_answer session_close(struct request *request, struct login_verdict *verdict)
{
        _cleanup_bus_client_ struct bus_client *client = NULL;
        const char *session = kept(request->pamh, DATA_SESSION);

        if (!session)
                return SESSION_NOT_OURS;
        if (!find_daemon(&client, verdict) || !bus_client_close_session(client, session, verdict))
                return SESSION_FAILED;
        return SESSION_DONE;
}
