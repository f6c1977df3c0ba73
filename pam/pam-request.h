/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One call of the module: its options, and what the application says about who wants in, made safe.
 * PAM_SERVICE, PAM_RHOST, PAM_TTY and PAM_RUSER are the application's word and prove nothing. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

#include "common/cleanup.h"
#include "common/login-context.h"
#include "pam/pam-login-session.h"
#include "pam/pam-options.h"

/* PAM environment of one transaction: how the login reaches the session phase, which sshd runs in
 * another process. */
#define ENV_LOGIN   "BADGE_LOGIN"
#define ENV_SESSION "BADGE_SESSION"

/* PAM data of one handle: the account that a granted login was for. sudo changes PAM_USER to its
 * target before it opens the session. */
#define DATA_ACCOUNT "badge_account"
/* Likewise, the session that was opened: pam_env reads a file of the person's into the environment.
 */
#define DATA_SESSION "badge_session"
/* Likewise, the login session that it is known to have begun. */
#define DATA_LOGIN_SESSION "badge_login_session"

#define PRIOR_FACTORS_MAX 8

enum account_standing {
        ACCOUNT_UNCHECKED, /* nobody asked yet */
        ACCOUNT_UNKNOWN,   /* no valid name, or not known to NSS */
        ACCOUNT_ROOT,      /* uid 0 */
        ACCOUNT_SYSTEM,    /* uid below min_uid */
        ACCOUNT_PERSON,
};

struct request {
        pam_handle_t *pamh;
        struct options options;
        const char *account; /* as PAM has it: not printable before request_look_up() is content */
        char *service;       /* printable, may be empty */
        char *remote_host, *terminal, *requesting_user; /* printable; NULL when not known */
        char *prior;                                    /* what prior_factors points into */
        const char *prior_factors[PRIOR_FACTORS_MAX + 1];
        enum account_standing standing;         /* after request_look_up() */
        char login_session[LOGIN_SESSION_SIZE]; /* likewise; empty: none of the account's own */
        bool code_was_shown; /* after login_run(): a code was seen, or a ticket typed */
};

/* PAM_SUCCESS; or the code to return, with the reason logged and said. */
int request_init(struct request *request, pam_handle_t *pamh, int argc, const char **argv);
void request_finish(struct request *request);
#define _cleanup_request_ _cleanup_(request_finish)

/* Asks NSS what kind of account this is, and whether its login session is the one that this runs
 * in. */
enum account_standing request_look_up(struct request *request);

/* The latter again, for the account that the login was for. */
void request_find_login_session(struct request *request, const char *account);

/* True when sshd says that the method (such as "publickey") has succeeded on this connection. */
bool request_has_prior(const struct request *request, const char *method);

bool request_is_sshd(const struct request *request);

/* What the daemon is told; borrows from the request. */
struct login_context request_context(const struct request *request);
