/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <systemd/sd-id128.h>

#include "approval.h"
#include "common/text.h"
#include "io/private-key.h"
#include "log.h"
#include "verification.h"

#define ID_DIGITS      16
#define NAME_MAX_BYTES 256

/* A window that nobody knows the size of, as behind ssh. */
#define WINDOW_COLUMNS 80
#define WINDOW_LINES   24

enum login_state {
        LOGIN_STATE_ASKING,    /* for a code */
        LOGIN_STATE_SHOWING,   /* the code is out; the grant polls once somebody waits */
        LOGIN_STATE_VERIFYING, /* approved: whose approval? */
        LOGIN_STATE_ENDED,
};

struct login {
        sd_event *event;
        const struct authority *authority;
        struct login_listener listener;
        char id[ID_DIGITS + 1];
        char *account, *service, *origin, *source, *requested_by, *prior;
        uid_t caller_uid;
        enum qr_style qr;
        unsigned columns, lines;

        enum login_state state;
        struct approval *approval;
        struct token_set tokens; /* from the approval on; erased unless they are kept */
        struct verification *verification;
        sd_event_source *news; /* calls the listener from the loop */

        const struct grant_challenge *challenge; /* the grant's; NULL until there is one */
        uint64_t expires_at_usec;
        char *picture;

        enum login_outcome outcome;
        char *detail; /* for the journal; NULL: nothing to add */
        struct identity *identity;
        struct account_verdict verdict;
};

static const char *const state_words[] = {
        [LOGIN_STATE_ASKING] = "asking",
        [LOGIN_STATE_SHOWING] = "showing",
        [LOGIN_STATE_VERIFYING] = "verifying",
        [LOGIN_STATE_ENDED] = "ended",
};

/* ---- states ---- */

static void login_write_journal(const struct login *login)
{
        const struct identity *identity = login->identity;
        _cleanup_free_ char *strength = identity ? identity_strength_text(identity) : NULL;
        struct log_decision decision = {
                .event = LOG_EVENT_LOGIN,
                .outcome = login->outcome,
                .account = login->account,
                .service = login->service,
                .origin = login->origin,
                .requested_by = login->requested_by,
                .prior = login->prior,
                .caller_uid = login->caller_uid,
                .provider = login_provider(login)->name,
                .issuer = identity ? identity->issuer : NULL,
                .subject = identity ? identity->subject : NULL,
                .rule = account_rule_word(login->verdict.rule),
                .strength = strength,
                .login = login->id,
                .reason = login->detail ? login->detail : login_sentence(login->outcome),
        };
        log_decision(&decision);
}

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
        case LOGIN_STATE_VERIFYING:
                return;
        case LOGIN_STATE_SHOWING:
                login_tell(login);
                return;
        case LOGIN_STATE_ENDED:
                login_write_journal(login);
                login_tell(login);
                return;
        }
}

/* detail is for the journal and may be NULL. */
static void login_end(struct login *login, enum login_outcome outcome, const char *detail)
{
        if (login->state == LOGIN_STATE_ENDED)
                return;
        if (detail) {
                free(login->detail);
                login->detail = strdup(detail);
        }
        login->outcome = outcome;
        login_enter_state(login, LOGIN_STATE_ENDED);
}

/* ---- 4. the verdict ---- */

static void login_decide(struct login *login, struct identity *identity)
{
        login->identity = identity;
        account_decide(&login->authority->rules, login->account, identity, &login->verdict);
        if (!login->verdict.allowed) {
                login_end(login, LOGIN_REFUSED,
                          login->verdict.rule == ACCOUNT_RULE_NONE
                                  ? "no rule lets an identity of this provider use the account"
                                  : "the identity that approved may not use the account");
                return;
        }
        login_end(login, LOGIN_GRANTED, "the identity may use the account");
}

static void on_verified(enum login_outcome outcome, struct identity *identity, const char *detail,
                        void *userdata)
{
        struct login *login = userdata;

        if (outcome == LOGIN_GRANTED && identity)
                login_decide(login, identity);
        else
                login_end(login, outcome == LOGIN_GRANTED ? LOGIN_REFUSED : outcome, detail);
}

/* ---- 1. to 3.: the code is shown, tokens come, they are verified ---- */

/* The picture is a comfort: without memory for it the login goes on. */
static void draw_picture(struct login *login)
{
        const struct grant_challenge *challenge = login->challenge;
        const char *address = challenge->verification_uri_complete
                                      ? challenge->verification_uri_complete
                                      : challenge->verification_uri;

        if (!address)
                return;
        int r = qr_text_new(address, login->qr, login->columns, login->lines, &login->picture);
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

static void on_tokens(struct token_set *tokens, void *userdata)
{
        struct login *login = userdata;

        login->tokens = *tokens;
        *tokens = (struct token_set){0};
        login_enter_state(login, LOGIN_STATE_VERIFYING);
        const struct verification_spec spec = {
                .event = login->event,
                .authority = login->authority,
                .account = login->account,
                .tokens = &login->tokens,
                .dpop = login->tokens.is_bound ? approval_dpop(login->approval) : NULL,
                .nonce = approval_nonce(login->approval),
                .on_done = on_verified,
                .userdata = login,
        };
        int r = verification_new(&spec, &login->verification);
        if (r < 0)
                login_end(login, LOGIN_UNAVAILABLE, strerror(-r));
}

static void on_failure(enum login_outcome outcome, const char *detail, void *userdata)
{
        login_end(userdata, outcome == LOGIN_GRANTED ? LOGIN_REFUSED : outcome, detail);
}

/* ---- the outside ---- */

static int copy_name(const char *text, char **ret_copy)
{
        if (!text)
                return 0;
        *ret_copy = text_sanitise(text, NAME_MAX_BYTES);
        return *ret_copy ? 0 : -ENOMEM;
}

static int login_fill(struct login *login, const struct login_request *request)
{
        sd_id128_t random;

        int r = sd_id128_randomize(&random);
        if (r < 0)
                return r;
        (void)snprintf(login->id, sizeof(login->id), "%016llx",
                       (unsigned long long)random.qwords[0]);
        login->qr = request->qr;
        login->columns = request->columns > 0 ? request->columns : WINDOW_COLUMNS;
        login->lines = request->lines > 0 ? request->lines : WINDOW_LINES;
        r = copy_name(request->account, &login->account);
        if (r < 0)
                return r;
        r = copy_name(request->service, &login->service);
        if (r < 0)
                return r;
        login->caller_uid = request->caller_uid;
        r = copy_name(request->source, &login->source);
        if (r < 0)
                return r;
        r = copy_name(request->origin, &login->origin);
        if (r < 0)
                return r;
        r = copy_name(request->requested_by, &login->requested_by);
        if (r < 0)
                return r;
        return copy_name(request->prior, &login->prior);
}

static int login_prepare(struct login *login, const char *redirect_uri, uint64_t timeout_usec)
{
        const struct approval_spec spec = {
                .event = login->event,
                .provider = login->authority->provider,
                .account = login->account,
                .service = login->service,
                .redirect_uri = redirect_uri,
                .timeout_usec = timeout_usec,
                .listener = {on_challenge, on_tokens, on_failure, login},
        };
        return approval_new(&spec, &login->approval);
}

int login_new(sd_event *event, const struct authority *authority,
              const struct login_request *request, uint64_t timeout_usec,
              const struct login_listener *listener, struct login **ret_login)
{
        _cleanup_(login_freep) struct login *login = calloc(1, sizeof(*login));
        if (!login)
                return -ENOMEM;

        login->event = sd_event_ref(event);
        login->authority = authority;
        login->listener = *listener;
        login->outcome = LOGIN_REFUSED;
        int r = login_fill(login, request);
        if (r < 0)
                return r;
        r = login_prepare(login, request->redirect_uri, timeout_usec);
        if (r < 0)
                return r;
        approval_start(login->approval);
        *ret_login = TAKE_PTR(login);
        return 0;
}

struct login *login_free(struct login *login)
{
        if (!login)
                return NULL;
        login->news = sd_event_source_disable_unref(login->news);
        login->verification = verification_free(login->verification);
        login->approval = approval_free(login->approval);
        token_set_finish(&login->tokens);
        login->identity = identity_free(login->identity);
        sd_event_unref(login->event);
        free(login->account);
        free(login->service);
        free(login->origin);
        free(login->source);
        free(login->requested_by);
        free(login->prior);
        free(login->picture);
        free(login->detail);
        free(login);
        return NULL;
}

void login_person_waits(struct login *login)
{
        approval_person_waits(login->approval);
}

int login_answer(struct login *login, const char *query)
{
        return approval_answer(login->approval, query);
}

/* The state first: what the grant says of its own end is not heard any more. */
void login_stop(struct login *login)
{
        login_end(login, LOGIN_UNAVAILABLE, "badged was stopped");
        approval_cancel(login->approval);
        login->verification = verification_free(login->verification);
}

/* While the approval is being verified the grant is over already. */
void login_cancel(struct login *login)
{
        approval_cancel(login->approval);
        login->verification = verification_free(login->verification);
        login_end(login, LOGIN_CANCELLED, "the caller gave up");
}

const char *login_id(const struct login *login)
{
        return login->id;
}

const char *login_account(const struct login *login)
{
        return login->account;
}

const char *login_service(const struct login *login)
{
        return login->service;
}

const char *login_source(const struct login *login)
{
        return login->source;
}

const char *login_origin(const struct login *login)
{
        return login->origin;
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

bool login_has_ended(const struct login *login)
{
        return login->state == LOGIN_STATE_ENDED;
}

enum login_outcome login_outcome(const struct login *login)
{
        return login->state == LOGIN_STATE_ENDED ? login->outcome : LOGIN_REFUSED;
}

const char *login_reason(const struct login *login)
{
        if (login->outcome == LOGIN_REFUSED && !login->identity)
                return "The identity provider's answer could not be accepted.";
        return login_sentence(login->outcome);
}

const struct identity *login_identity(const struct login *login)
{
        return login_outcome(login) == LOGIN_GRANTED ? login->identity : NULL;
}

const struct account_verdict *login_verdict(const struct login *login)
{
        return login_outcome(login) == LOGIN_GRANTED ? &login->verdict : NULL;
}

int login_take_tokens(struct login *login, struct token_record *ret_record)
{
        _cleanup_secret_ struct secret *pem = NULL;
        int r = 0;

        if (!login_identity(login) || !login->tokens.access_token)
                return -ENOENT;
        if (login->tokens.is_bound) {
                _cleanup_(private_key_freep) struct private_key *key = approval_take_dpop(
                        login->approval);
                r = key ? private_key_to_secret(key, &pem) : -EIO;
        }
        if (r < 0)
                return r;
        return token_record_from_set(&login->tokens, &pem, login->identity,
                                     login_provider(login)->scope,
                                     provider_now_sec(login->authority->provider), ret_record);
}
