/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/login-verdict.h"

#include <stdio.h>

#include "common/cleanup.h"
#include "common/text.h"

static const char *outcome_sentence(enum login_outcome outcome)
{
        switch (outcome) {
        case LOGIN_GRANTED:
                return "Signed in.";
        case LOGIN_DENIED:
                return "The sign-in was declined.";
        case LOGIN_EXPIRED:
                return "Nobody approved the sign-in in time.";
        case LOGIN_REFUSED:
                return "This sign-in is not allowed here.";
        case LOGIN_UNAVAILABLE:
                return "Signing in is not possible at the moment. Ask the administrator.";
        case LOGIN_THROTTLED:
                return "Too many sign-ins are waiting. Try again later.";
        case LOGIN_CANCELLED:
                return "The sign-in was cancelled.";
        }
        return "This sign-in is not allowed here.";
}

void login_verdict_set(struct login_verdict *verdict, enum login_outcome outcome,
                       const char *sentence)
{
        verdict->outcome = outcome;
        verdict->from_daemon = false;
        (void)snprintf(verdict->reason, sizeof(verdict->reason), "%s",
                       sentence ? sentence : outcome_sentence(outcome));
}

void login_verdict_set_foreign(struct login_verdict *verdict, enum login_outcome outcome,
                               const char *sentence)
{
        _cleanup_free_ char *printable = text_sanitise(sentence, LOGIN_REASON_MAX_BYTES);

        login_verdict_set(verdict, outcome, printable && *printable ? printable : NULL);
        verdict->from_daemon = true;
}

bool login_verdict_is_granted(const struct login_verdict *verdict)
{
        return verdict->from_daemon && verdict->outcome == LOGIN_GRANTED;
}
