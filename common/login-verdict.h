/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How one request to the daemon ended, with the sentence that the person reads. Needs no memory, so
 * that a refusal can always be said. */
#pragma once

#include <stdbool.h>

#include "common/login-outcome.h"

#define LOGIN_REASON_MAX_BYTES 512

struct login_verdict {
        enum login_outcome outcome;
        bool from_daemon; /* the daemon decided, and logged it; false: decided on this side */
        char reason[LOGIN_REASON_MAX_BYTES + 1]; /* printable, one line, never empty once set */
};

/* Decided on this side, for the sentence given (ours; NULL: the outcome's own sentence). */
void login_verdict_set(struct login_verdict *verdict, enum login_outcome outcome,
                       const char *sentence);

/* Decided by the daemon. The sentence came from outside: it is cut, made printable, and replaced by
 * the outcome's own when it is empty or NULL. */
void login_verdict_set_foreign(struct login_verdict *verdict, enum login_outcome outcome,
                               const char *sentence);

/* True only for LOGIN_GRANTED from the daemon: nothing on this side can grant. */
bool login_verdict_is_granted(const struct login_verdict *verdict);
