/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The phases after authentication: the account check, and the session that claims the login. */
#pragma once

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
enum session_answer session_close(struct request *request, struct login_verdict *verdict);
