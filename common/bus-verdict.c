/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/bus-verdict.h"

#include <errno.h>
#include <string.h>

#include "common/bus-names.h"
#include "common/login-verdict.h"

void bus_verdict_for_error(sd_bus_message *reply, struct login_verdict *verdict)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        const char *name = error ? error->name : NULL;
        enum login_outcome outcome = login_outcome_from_bus_error(name);

        /* Errors of sd-bus itself (no such method, …) are no verdict, and no sentence for people.
         */
        if (name && strncmp(name, BADGED_ERRORS, strlen(BADGED_ERRORS)) == 0)
                login_verdict_set_foreign(verdict, outcome, error->message);
        else
                login_verdict_set(verdict, outcome, NULL);
}

void bus_verdict_for_silence(enum peer_answer answer, struct login_verdict *verdict)
{
        switch (answer) {
        case PEER_ABSENT:
                login_verdict_set(verdict, LOGIN_UNAVAILABLE,
                                  "The sign-in service is not running. Ask the administrator.");
                return;
        case PEER_FORBIDDEN:
                login_verdict_set(verdict, LOGIN_UNAVAILABLE,
                                  "This program may not use the sign-in service. "
                                  "Ask the administrator.");
                return;
        case PEER_UNREACHABLE:
                login_verdict_set(verdict, LOGIN_UNAVAILABLE,
                                  "The system bus is not available. Ask the administrator.");
                return;
        case PEER_LATE:
                login_verdict_set(verdict, LOGIN_UNAVAILABLE,
                                  "The sign-in service did not answer in time. "
                                  "Ask the administrator.");
                return;
        case PEER_INTERRUPTED:
                login_verdict_set(verdict, LOGIN_CANCELLED, NULL);
                return;
        case PEER_ANSWERED:
        case PEER_ERROR:
                break;
        }
        login_verdict_set(verdict, LOGIN_REFUSED, NULL);
}

void bus_verdict_for_failure(int r, struct login_verdict *verdict)
{
        if (r == -ENOMEM)
                login_verdict_set(verdict, LOGIN_UNAVAILABLE, "Memory is short. Try again later.");
        else if (r == -EBADMSG)
                login_verdict_set(verdict, LOGIN_UNAVAILABLE,
                                  "The sign-in service gave an answer that makes no sense. "
                                  "Ask the administrator.");
        else
                login_verdict_set(verdict, LOGIN_REFUSED, NULL);
}
