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
        if (find_daemon(&client, verdict))
                bus_client_check_account(client, request->account, request->service, &context,
                                         verdict);
        return true;
}

static void free_session(pam_handle_t *pamh, void *session, int error_status)
{
        free(session);
}

static bool keep_session(const struct request *request, const char *session)
{
        _cleanup_free_ char *copy = strdup(session);

        if (!copy || pam_set_data(request->pamh, DATA_SESSION, copy, free_session) != PAM_SUCCESS)
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
        if (entry && keep_session(request, session) &&
            pam_putenv(request->pamh, entry) == PAM_SUCCESS)
                return true;
        login_verdict_set(verdict, LOGIN_REFUSED, NULL);
        return false;
}

/* Whose login it was: sshd opens the session in another process, but does not change PAM_USER. */
static const char *login_account(const struct request *request)
{
        const void *account = NULL;

        if (pam_get_data(request->pamh, DATA_ACCOUNT, &account) == PAM_SUCCESS && account)
                return account;
        return request->account;
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

enum session_answer session_close(struct request *request, struct login_verdict *verdict)
{
        _cleanup_bus_client_ struct bus_client *client = NULL;
        const void *session = NULL;

        if (pam_get_data(request->pamh, DATA_SESSION, &session) != PAM_SUCCESS || !session)
                return SESSION_NOT_OURS;
        if (!find_daemon(&client, verdict) || !bus_client_close_session(client, session, verdict))
                return SESSION_FAILED;
        return SESSION_DONE;
}
