/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-id128.h>
#include <time.h>

#include "common/clock.h"
#include "io/one-time-code.h"
#include "log.h"
#include "login-decision.h"
#include "proof.h"

#define ID_DIGITS 16

/* A window that nobody knows the size of, as behind ssh. */
#define WINDOW_COLUMNS 80
#define WINDOW_LINES   24

enum login_state {
        LOGIN_STATE_ASKING,      /* for a code */
        LOGIN_STATE_SHOWING,     /* the code is out; polling starts once somebody waits */
        LOGIN_STATE_OFFERING,    /* the provider is out of reach; something else may be shown */
        LOGIN_STATE_PRESENTED,   /* it was shown: is it good? */
        LOGIN_STATE_VERIFYING,   /* approved: whose approval? */
        LOGIN_STATE_REGISTERING, /* the rules allow it: is it the account's, and safe on the disk?
                                  */
        LOGIN_STATE_ENDED,
};

struct login {
        sd_event *event;
        const struct authority *authority;
        struct login_registrar registrar;
        struct login_presenter presenter;
        struct login_listener listener;
        char id[ID_DIGITS + 1];
        struct login_request request;

        enum login_state state;
        struct proof *proof;
        uint64_t timeout_usec;
        sd_event_source *news;   /* calls the listener from the loop */
        sd_event_source *offers; /* the end of LOGIN_STATE_OFFERING */

        const struct grant_challenge *challenge; /* the grant's, or offer; NULL: not yet */
        struct grant_challenge offer;
        uint64_t expires_at_usec;
        char *picture;

        bool wants_code, offers_code;
        struct secret *code; /* NULL: none was typed, or none is wanted */
        uint64_t code_typed_at_sec;

        struct login_decision decision;
};

static const char *const state_words[] = {
        [LOGIN_STATE_ASKING] = "asking",       [LOGIN_STATE_SHOWING] = "showing",
        [LOGIN_STATE_OFFERING] = "offering",   [LOGIN_STATE_PRESENTED] = "presented",
        [LOGIN_STATE_VERIFYING] = "verifying", [LOGIN_STATE_REGISTERING] = "registering",
        [LOGIN_STATE_ENDED] = "ended",
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
        case LOGIN_STATE_ASKING:
        case LOGIN_STATE_PRESENTED:
        case LOGIN_STATE_VERIFYING:
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

/* The picture is a comfort: without memory for it the login goes on. */
static void draw_picture(struct login *login)
{
        const struct grant_challenge *challenge = login->challenge;
        const char *address = challenge->verification_uri_complete
                                      ? challenge->verification_uri_complete
                                      : challenge->verification_uri;

        if (!address)
                return;
        const struct login_request *request = &login->request;
        int r = qr_text_new(address, request->qr,
                            request->columns > 0 ? request->columns : WINDOW_COLUMNS,
                            request->lines > 0 ? request->lines : WINDOW_LINES, &login->picture);
        if (r < 0)
                log_line(LOG_DEBUG, "Login %s: no picture: %s", login->id, strerror(-r));
}

static void on_challenge(const struct grant_challenge *challenge, uint64_t expires_at_usec,
                         void *userdata)
{
        struct login *login = userdata;

        login->challenge = challenge;
        login->expires_at_usec = expires_at_usec;
        draw_picture(login);
        login_enter_state(login, LOGIN_STATE_SHOWING);
}

static void on_approved(void *userdata)
{
        login_enter_state(userdata, LOGIN_STATE_VERIFYING);
}

/* ---- the outside ---- */

static int new_id(char ret_id[ID_DIGITS + 1])
{
        sd_id128_t random;

        int r = sd_id128_randomize(&random);
        if (r < 0)
                return r;
        (void)snprintf(ret_id, ID_DIGITS + 1, "%016llx", (unsigned long long)random.qwords[0]);
        return 0;
}

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
        login->decision.outcome = LOGIN_REFUSED;
        int r = new_id(login->id);
        if (r < 0)
                return r;
        r = login_request_copy(spec->request, &login->request);
        if (r < 0)
                return r;
        r = login_prepare(login, spec);
        if (r < 0)
                return r;
        proof_start(login->proof);
        *ret_login = TAKE_PTR(login);
        return 0;
}

struct login *login_free(struct login *login)
{
        if (!login)
                return NULL;
        login->news = sd_event_source_disable_unref(login->news);
        login->offers = sd_event_source_disable_unref(login->offers);
        login->proof = proof_free(login->proof);
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
        login_end(login, LOGIN_UNAVAILABLE, "badged was stopped", NULL);
        proof_cancel(login->proof);
}

void login_cancel(struct login *login)
{
        proof_cancel(login->proof);
        login_end(login, LOGIN_CANCELLED, "the caller gave up", NULL);
}

const char *login_id(const struct login *login)
{
        return login->id;
}

const char *login_account(const struct login *login)
{
        return login->request.account;
}

const struct login_request *login_request(const struct login *login)
{
        return &login->request;
}

const struct authority *login_authority(const struct login *login)
{
        return login->authority;
}

const struct provider_settings *login_provider(const struct login *login)
{
        return provider_settings(login->authority->provider);
}

const char *login_state_word(const struct login *login)
{
        return state_words[login->state];
}

uint64_t login_expires_at_usec(const struct login *login)
{
        return login->expires_at_usec;
}

const struct grant_challenge *login_challenge(const struct login *login)
{
        return login->challenge;
}

const char *login_picture(const struct login *login)
{
        return login->picture;
}

bool login_wants_secret(const struct login *login)
{
        return login->state == LOGIN_STATE_OFFERING;
}

bool login_wants_code(const struct login *login)
{
        return login->wants_code;
}

bool login_offers_code(const struct login *login)
{
        return login->offers_code;
}

const struct secret *login_code(const struct login *login, uint64_t *ret_typed_at_sec)
{
        *ret_typed_at_sec = login->code_typed_at_sec;
        return login->code;
}

bool login_has_ended(const struct login *login)
{
        return login->state == LOGIN_STATE_ENDED;
}

enum login_outcome login_outcome(const struct login *login)
{
        return login->state == LOGIN_STATE_ENDED ? login->decision.outcome : LOGIN_REFUSED;
}

const char *login_reason(const struct login *login)
{
        return login_decision_reason(&login->decision);
}

static bool login_is_allowed(const struct login *login)
{
        return login->state == LOGIN_STATE_REGISTERING || login_outcome(login) == LOGIN_GRANTED;
}

const struct identity *login_identity(const struct login *login)
{
        return login_is_allowed(login) ? login->decision.identity : NULL;
}

const struct account_verdict *login_verdict(const struct login *login)
{
        return login_is_allowed(login) ? &login->decision.verdict : NULL;
}

const char *login_substitute(const struct login *login)
{
        return login_is_allowed(login) ? login->decision.substitute : NULL;
}

int login_take_tokens(struct login *login, struct token_record *ret_record)
{
        const struct identity *identity = login_identity(login);

        return identity ? proof_take_tokens(login->proof, identity, ret_record) : -ENOENT;
}
