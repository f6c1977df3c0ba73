/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The six entries that libpam calls: options, one call, one table each. PAM_IGNORE is returned only
 * where pam_badge(8) says so, never for an error; anything unknown is a refusal. */
#include <security/pam_modules.h>

#include "common/login-verdict.h"
#include "pam/pam-login.h"
#include "pam/pam-refusal.h"
#include "pam/pam-request.h"
#include "pam/pam-session.h"

static int refused_code(const struct request *request)
{
        /* Anything else lets the ssh client start a new login by itself. */
        if (request_is_sshd(request))
                return PAM_MAXTRIES;
        return request->standing == ACCOUNT_UNKNOWN ? PAM_USER_UNKNOWN : PAM_AUTH_ERR;
}

static int authenticate_code(const struct request *request, const struct login_verdict *verdict)
{
        switch (verdict->outcome) {
        case LOGIN_GRANTED:
                return login_verdict_is_granted(verdict) ? PAM_SUCCESS : PAM_AUTH_ERR;
        case LOGIN_DENIED:
        case LOGIN_EXPIRED:
        case LOGIN_REFUSED:
        case LOGIN_THROTTLED:
                return refused_code(request);
        case LOGIN_UNAVAILABLE:
                /* What falls through to another way in must not have begun. And sshd's client takes
                 * this one for a reason to start a new login by itself (RFC 8628 section 3.5). */
                return request->code_was_shown ? refused_code(request) : PAM_AUTHINFO_UNAVAIL;
        case LOGIN_CANCELLED:
                return request_is_sshd(request) ? PAM_MAXTRIES : PAM_ABORT;
        }
        return PAM_AUTH_ERR;
}

static int account_code(const struct login_verdict *verdict)
{
        switch (verdict->outcome) {
        case LOGIN_GRANTED:
                return login_verdict_is_granted(verdict) ? PAM_SUCCESS : PAM_PERM_DENIED;
        case LOGIN_UNAVAILABLE:
                return PAM_AUTHINFO_UNAVAIL;
        case LOGIN_DENIED:
        case LOGIN_EXPIRED:
        case LOGIN_REFUSED:
        case LOGIN_THROTTLED:
        case LOGIN_CANCELLED:
                return PAM_PERM_DENIED;
        }
        return PAM_PERM_DENIED;
}

static int session_code(enum session_answer answer)
{
        switch (answer) {
        case SESSION_DONE:
                return PAM_SUCCESS;
        case SESSION_NOT_OURS:
                return PAM_IGNORE;
        case SESSION_FAILED:
                return PAM_SESSION_ERR;
        }
        return PAM_SESSION_ERR;
}

_public_ int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        _cleanup_request_ struct request request = {0};
        struct login_verdict verdict;

        int r = request_init(&request, pamh, argc, argv);
        if (r != PAM_SUCCESS)
                return r;
        login_run(&request, &verdict);
        if (!login_verdict_is_granted(&verdict))
                refusal_tell(&request, &verdict);
        return authenticate_code(&request, &verdict);
}

/* There are no credentials to set. PAM_IGNORE would be as true, but libpam runs the same stack with
 * the same controls as for authentication, where default=die would turn it into a failure. */
_public_ int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        _cleanup_request_ struct request request = {0};

        if (!(flags & PAM_DELETE_CRED) && session_is_open(pamh) &&
            request_init(&request, pamh, argc, argv) == PAM_SUCCESS)
                session_bind(&request);
        return PAM_SUCCESS;
}

_public_ int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        _cleanup_request_ struct request request = {0};
        struct login_verdict verdict;

        int r = request_init(&request, pamh, argc, argv);
        if (r != PAM_SUCCESS)
                return r;
        if (!session_check_account(&request, &verdict))
                return PAM_IGNORE;
        if (!login_verdict_is_granted(&verdict))
                refusal_tell(&request, &verdict);
        return account_code(&verdict);
}

_public_ int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        _cleanup_request_ struct request request = {0};
        struct login_verdict verdict;

        int r = request_init(&request, pamh, argc, argv);
        if (r != PAM_SUCCESS)
                return r;
        enum session_answer answer = session_open(&request, &verdict);
        if (answer == SESSION_FAILED)
                refusal_tell(&request, &verdict);
        return session_code(answer);
}

_public_ int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        _cleanup_request_ struct request request = {0};
        struct login_verdict verdict;

        int r = request_init(&request, pamh, argc, argv);
        if (r != PAM_SUCCESS)
                return r;
        enum session_answer answer = session_close(&request, &verdict);
        if (answer == SESSION_FAILED)
                refusal_tell(&request, &verdict);
        return session_code(answer);
}

/* badge has no passwords: whatever else is in the stack changes them. */
_public_ int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
        return PAM_IGNORE;
}
