/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "common/clock.h"
#include "io/one-time-code.h"
#include "log.h"
#include "login-inside.h"
#include "login-picture.h"

static const char *const state_words[] = {
        [LOGIN_STATE_RECHECKING] = "rechecking",   [LOGIN_STATE_ASKING] = "asking",
        [LOGIN_STATE_SHOWING] = "showing",         [LOGIN_STATE_OFFERING] = "offering",
        [LOGIN_STATE_PRESENTED] = "presented",     [LOGIN_STATE_VERIFYING] = "verifying",
        [LOGIN_STATE_REGISTERING] = "registering", [LOGIN_STATE_ENDED] = "ended",
};

/* ---- states ---- */

static int on_news(sd_event_source *source, void *userdata)
{
        struct login *login = userdata;

        if (login->state == LOGIN_STATE_ENDED)
                login->listener.on_end(login, login->listener.userdata);
        else
                login->listener.on_challenge(login, login->listener.userdata);
        return 0;
}

/* Without memory for the news there is nobody to tell: the caller's own deadline ends it then. Nor
 * when the loop has ended (-ESTALE), for then the bus has gone, or badged is going. */
static void login_tell(struct login *login)
{
        login->news = sd_event_source_disable_unref(login->news);
        int r = sd_event_add_defer(login->event, &login->news, on_news, login);
        if (r < 0 && r != -ESTALE)
                log_line(LOG_ERR, "Failed to report login %s: %s", login->id, strerror(-r));
}

/* The one place that changes the state. */
static void login_enter_state(struct login *login, enum login_state state)
{
        log_line(LOG_DEBUG, "Login %s: %s -> %s", login->id, state_words[login->state],
                 state_words[state]);
        login->state = state;
        switch (state) {
        case LOGIN_STATE_RECHECKING:
        case LOGIN_STATE_PRESENTED:
        case LOGIN_STATE_VERIFYING:
                return;
        case LOGIN_STATE_ASKING:
                proof_start(login->proof);
                return;
        case LOGIN_STATE_SHOWING:
        case LOGIN_STATE_OFFERING:
                login_tell(login);
                return;
        case LOGIN_STATE_REGISTERING:
                login->registrar.on_allowed(login, login->registrar.userdata);
                return;
        case LOGIN_STATE_ENDED:
                login_decision_log(&login->decision, &login->request, login_provider(login)->name,
                                   login->id);
                login_tell(login);
                return;
        }
}

/* detail is for the journal, sentence for the person; both may be NULL. */
static void login_end(struct login *login, enum login_outcome outcome, const char *detail,
                      const char *sentence)
{
        if (login->state == LOGIN_STATE_ENDED)
                return;
        login_decision_settle(&login->decision, outcome, detail, sentence);
        login_enter_state(login, LOGIN_STATE_ENDED);
}

/* ---- 4. it is written down ---- */

bool login_register(struct login *login, enum login_outcome outcome, const char *detail,
                    const char *sentence)
{
        if (login->state != LOGIN_STATE_REGISTERING)
                return false;
        login_end(login, outcome, detail, sentence);
        return true;
}

/* ---- 3. the verdict ---- */

void login_refuse(struct login *login, const char *detail, const char *sentence)
{
        login_end(login, LOGIN_REFUSED, detail, sentence);
}

static void login_forbid(struct login *login)
{
        login->registrar.on_forbidden(login, login->decision.identity, &login->decision.verdict,
                                      login->registrar.userdata);
        login_refuse(login, NULL, NULL);
}

static void login_decide(struct login *login, struct identity *identity)
{
        if (login_decision_judge(&login->decision, &login->authority->rules, login->request.account,
                                 identity))
                login_enter_state(login, LOGIN_STATE_REGISTERING);
        else
                login_forbid(login);
}

/* ---- 2b. something else is shown in the provider's place ---- */

bool login_vouch(struct login *login, enum login_outcome outcome, const char *type,
                 const char *detail, const char *sentence)
{
        if (login->state != LOGIN_STATE_PRESENTED)
                return false;
        if (outcome != LOGIN_GRANTED) {
                login_end(login, outcome, detail, sentence);
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
        uint64_t now_usec = 0;

        if (login->code)
                return -EBUSY;
        login->code = secret_new_text(code);
        if (!login->code)
                return -ENOMEM;
        (void)sd_event_now(login->event, CLOCK_REALTIME, &now_usec);
        login->code_typed_at_sec = now_usec / USEC_PER_SEC;
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
        login_end(userdata, LOGIN_UNAVAILABLE, NULL, NULL);
        return 0;
}

/* detail, of why the provider cannot be asked, is what the journal has if nothing is shown. */
static void login_offer(struct login *login, const char *detail)
{
        int r = sd_event_add_time_relative(login->event, &login->offers, CLOCK_BOOTTIME,
                                           login->timeout_usec, 0, on_offer_over, login);
        if (r < 0) {
                login_end(login, LOGIN_UNAVAILABLE, detail, NULL);
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

static bool login_may_offer(const struct login *login, enum login_outcome outcome)
{
        return outcome == LOGIN_UNAVAILABLE && login->state == LOGIN_STATE_ASKING &&
               login->presenter.is_wanted &&
               login->presenter.is_wanted(login, login->presenter.userdata);
}

static void on_done(enum login_outcome outcome, struct identity *identity, const char *detail,
                    void *userdata)
{
        struct login *login = userdata;

        if (login->state == LOGIN_STATE_PRESENTED)
                return;
        if (outcome == LOGIN_GRANTED && identity)
                login_decide(login, identity);
        else if (login_may_offer(login, outcome))
                login_offer(login, detail);
        else
                login_end(login, outcome == LOGIN_GRANTED ? LOGIN_REFUSED : outcome, detail, NULL);
}

/* ---- 1. and 2.: the code is shown, and approved ---- */

static void on_challenge(const struct grant_challenge *challenge, uint64_t expires_at_usec,
                         void *userdata)
{
        struct login *login = userdata;

        login->challenge = challenge;
        login->expires_at_usec = expires_at_usec;
        login->picture = login_picture_draw(challenge, &login->request, login->id);
        login_enter_state(login, LOGIN_STATE_SHOWING);
}

static void on_approved(void *userdata)
{
        login_enter_state(userdata, LOGIN_STATE_VERIFYING);
}

/* ---- 0. does an earlier approval still count? ---- */

static void login_rely(struct login *login, const struct session_record *session,
                       const char *detail)
{
        login->basis = strdup(session->id);
        if (!login->basis) {
                login_end(login, LOGIN_UNAVAILABLE, strerror(ENOMEM), NULL);
                return;
        }
        login_decision_settle(&login->decision, LOGIN_REFUSED, detail, NULL);
        login->decision.substitute = RECHECK_TYPE;
        login_enter_state(login, LOGIN_STATE_REGISTERING);
}

static void login_ask(struct login *login)
{
        const char *objection = login->may_ask ? login->may_ask(login, login->userdata) : NULL;

        if (objection)
                login_end(login, LOGIN_THROTTLED, objection, NULL);
        else
                login_enter_state(login, LOGIN_STATE_ASKING);
}

static void on_rechecked(enum recheck_end end, const struct session_record *session,
                         const char *detail, void *userdata)
{
        struct login *login = userdata;

        switch (end) {
        case RECHECK_STANDS:
                login_rely(login, session, detail);
                return;
        case RECHECK_NOTHING:
        case RECHECK_UNREACHABLE:
                login_ask(login);
                return;
        case RECHECK_REFUSED:
                login_end(login, LOGIN_REFUSED, detail,
                          "Your identity provider has ended your session. Sign in again.");
                return;
        }
}

/* ---- the outside ---- */

static int login_prepare(struct login *login, const struct login_spec *spec)
{
        const struct proof_spec proof = {
                .event = login->event,
                .authority = login->authority,
                .account = login->request.account,
                .service = login->request.service,
                .redirect_uri = spec->request->redirect_uri,
                .timeout_usec = spec->timeout_usec,
                .listener = {on_challenge, on_approved, on_done, login},
        };
        return proof_new(&proof, &login->proof);
}

int login_new(const struct login_spec *spec, struct login **ret_login)
{
        _cleanup_(login_freep) struct login *login = calloc(1, sizeof(*login));
        if (!login)
                return -ENOMEM;

        login->event = sd_event_ref(spec->event);
        login->authority = spec->authority;
        login->registrar = spec->registrar;
        login->presenter = spec->presenter;
        login->timeout_usec = spec->timeout_usec;
        login->wants_code = spec->wants_code;
        login->offers_code = spec->offers_code;
        login->listener = spec->listener;
        login->may_ask = spec->may_ask;
        login->userdata = spec->userdata;
        login->decision.outcome = LOGIN_REFUSED;
        int r = state_new_id(login->id);
        if (r < 0)
                return r;
        r = login_request_copy(spec->request, &login->request);
        if (r < 0)
                return r;
        r = login_prepare(login, spec);
        if (r < 0)
                return r;
        if (spec->recheck)
                r = recheck_new(spec->recheck, on_rechecked, login, &login->recheck);
        else
                login_enter_state(login, LOGIN_STATE_ASKING);
        if (r < 0)
                return r;
        *ret_login = TAKE_PTR(login);
        return 0;
}

struct login *login_free(struct login *login)
{
        if (!login)
                return NULL;
        login->news = sd_event_source_disable_unref(login->news);
        login->offers = sd_event_source_disable_unref(login->offers);
        login->recheck = recheck_free(login->recheck);
        login->proof = proof_free(login->proof);
        free(login->basis);
        login_decision_finish(&login->decision);
        login->code = secret_free(login->code);
        sd_event_unref(login->event);
        login_request_finish(&login->request);
        free(login->picture);
        free(login);
        return NULL;
}

void login_person_waits(struct login *login)
{
        proof_person_waits(login->proof);
}

int login_answer(struct login *login, const char *query)
{
        return proof_answer(login->proof, query);
}

/* The state first: what the grant says of its own end is not heard any more. */
void login_stop(struct login *login)
{
        login->recheck = recheck_free(login->recheck);
        login_end(login, LOGIN_UNAVAILABLE, "badged was stopped", NULL);
        proof_cancel(login->proof);
}

void login_cancel(struct login *login)
{
        login->recheck = recheck_free(login->recheck);
        proof_cancel(login->proof);
        login_end(login, LOGIN_CANCELLED, "the caller gave up", NULL);
}

const char *login_state_word(const struct login *login)
{
        return state_words[login->state];
}
