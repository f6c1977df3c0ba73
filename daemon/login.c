/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

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

void login_enter_state(struct login *login, enum login_state state)
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

static void login_end(struct login *login, enum login_outcome outcome, const char *detail,
                      const char *sentence)
{
        if (login->state == LOGIN_STATE_ENDED)
                return;
        login_decision_settle(&login->decision, outcome, detail, sentence);
        login_enter_state(login, LOGIN_STATE_ENDED);
}

void login_fail(struct login *login, enum login_outcome outcome, const char *detail,
                const char *sentence)
{
        login_end(login, outcome == LOGIN_GRANTED ? LOGIN_REFUSED : outcome, detail, sentence);
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
        login_fail(login, LOGIN_REFUSED, detail, sentence);
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

/* ---- 2. the proof ---- */

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
                login_fail(login, outcome, detail, NULL);
}

/* ---- 1. the code is shown, and approved ---- */

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
                login_fail(login, LOGIN_UNAVAILABLE, strerror(ENOMEM), NULL);
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
                login_fail(login, LOGIN_THROTTLED, objection, NULL);
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
                login_fail(login, LOGIN_REFUSED, detail,
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
        login_fail(login, LOGIN_UNAVAILABLE, "badged was stopped", NULL);
        proof_cancel(login->proof);
}

void login_cancel(struct login *login)
{
        login->recheck = recheck_free(login->recheck);
        proof_cancel(login->proof);
        login_fail(login, LOGIN_CANCELLED, "the caller gave up", NULL);
}

const char *login_state_word(const struct login *login)
{
        return state_words[login->state];
}
