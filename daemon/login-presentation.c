/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of login.h in which something else is shown in the provider's place, or beside it. */
#include "login.h"

#include <errno.h>
#include <syslog.h>
#include <time.h>

#include "common/clock.h"
#include "io/one-time-code.h"
#include "log.h"
#include "login-inside.h"

bool login_vouch(struct login *login, enum login_outcome outcome, const char *type,
                 const char *detail, const char *sentence)
{
        if (login->state != LOGIN_STATE_PRESENTED)
                return false;
        if (outcome != LOGIN_GRANTED) {
                login_fail(login, outcome, detail, sentence);
                return true;
        }
        login_decision_settle(&login->decision, LOGIN_REFUSED, detail, sentence);
        login->decision.substitute = type;
        login_enter_state(login, LOGIN_STATE_REGISTERING);
        return true;
}

/* Whether it is right is for after the approval: otherwise a stranger could try codes, and have the
 * account's factor closed by wrong ones. */
static int login_keep_code(struct login *login, const char code[static ONE_TIME_CODE_DIGITS + 1])
{
        if (login->code)
                return -EBUSY;
        login->code = secret_new_text(code);
        if (!login->code)
                return -ENOMEM;
        login->code_typed_at_sec = clock_wall_sec();
        return 0;
}

int login_present(struct login *login, const struct secret *secret)
{
        char code[ONE_TIME_CODE_DIGITS + 1];

        if (login->state == LOGIN_STATE_SHOWING && login->wants_code &&
            one_time_code_read(secret, code)) {
                int r = login_keep_code(login, code);
                secret_erase(code, sizeof(code));
                return r;
        }
        if ((login->state != LOGIN_STATE_SHOWING && login->state != LOGIN_STATE_OFFERING) ||
            !login->presenter.on_presented)
                return -EBUSY;
        login->offers = sd_event_source_disable_unref(login->offers);
        /* The state first: what the grant says of its own end is not heard any more. */
        login_enter_state(login, LOGIN_STATE_PRESENTED);
        proof_cancel(login->proof);
        login->presenter.on_presented(login, secret, login->presenter.userdata);
        return 0;
}

static int on_offer_over(sd_event_source *source, uint64_t usec, void *userdata)
{
        login_fail(userdata, LOGIN_UNAVAILABLE, NULL, NULL);
        return 0;
}

void login_offer(struct login *login, const char *detail)
{
        int r = sd_event_add_time_relative(login->event, &login->offers, CLOCK_BOOTTIME,
                                           login->timeout_usec, 0, on_offer_over, login);
        if (r < 0) {
                login_fail(login, LOGIN_UNAVAILABLE, detail, NULL);
                return;
        }
        log_line(LOG_WARNING,
                 "Login %s: the provider cannot be asked, something else may be shown: %s",
                 login->id, detail ? detail : "it is out of reach");
        login_decision_settle(&login->decision, LOGIN_UNAVAILABLE, detail, NULL);
        login->offer.expires_in_sec = login->timeout_usec / USEC_PER_SEC;
        login->challenge = &login->offer;
        login_enter_state(login, LOGIN_STATE_OFFERING);
}

bool login_may_offer(const struct login *login, enum login_outcome outcome)
{
        return outcome == LOGIN_UNAVAILABLE && login->state == LOGIN_STATE_ASKING &&
               login->presenter.is_wanted &&
               login->presenter.is_wanted(login, login->presenter.userdata);
}
