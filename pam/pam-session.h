/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The phases after authentication: the account check, and the session that claims the login. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

struct login_verdict;
struct request;

enum session_answer {
        SESSION_DONE,
        SESSION_NOT_OURS, /* this transaction had no badge login */
        SESSION_FAILED,   /* *verdict says why */
};

/* False when the account is none of badge's business: root and system accounts that did not come in
 * by badge. Else *verdict; LOGIN_GRANTED from the daemon means that the account may come in. */
bool session_check_account(struct request *request, struct login_verdict *verdict);

enum session_answer session_open(struct request *request, struct login_verdict *verdict);

/* This transaction opened one. */
bool session_is_open(pam_handle_t *pamh);
/* Once the application has begun the login session, tells the daemon which, if that is not known
 * yet. Without it the person approves again where they need not. */
void session_bind(struct request *request);

enum session_answer session_close(struct request *request, struct login_verdict *verdict);
