/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "offline-codes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "core/proof-window.h"
#include "factors.h"
#include "io/one-time-code.h"

#define TYPE "totp"

#define SENTENCE_WRONG     "That code is wrong, or was used before."
#define SENTENCE_THROTTLED "Too many codes were wrong. Try again later."
#define SENTENCE_OVER      "The identity provider cannot be asked, and no code stands in for it."
#define SENTENCE_WRITE     "The code cannot be looked at right now. Try again later."

/* One login whose code is right, but not used up on the disk yet. */
struct offline_code {
        struct offline_codes *codes;
        struct offline_code *next;
        struct login *login;
        struct store_write *write;
};

struct offline_codes {
        struct state *state;
        const struct settings *settings;
        struct login_presenter next;
        struct offline_code *first;
};

static struct offline_code *offline_code_free(struct offline_code *code)
{
        struct offline_code **link = &code->codes->first;

        while (*link != code)
                link = &(*link)->next;
        *link = code->next;
        (void)store_write_free(code->write);
        free(code);
        return NULL;
}

/* ---- may it? ---- */

bool offline_codes_may_open(const struct offline_codes *codes, const char *account,
                            const char *service, uint64_t now_sec)
{
        const struct service_rules *rules = settings_service(codes->settings, service);
        const struct proof_window window = {.offline_sec = rules->offline_limit_sec};
        const struct proof_standing standing = {
                .proved_at_sec = factors_proved_at_sec(codes->state, account),
                .now_sec = now_sec,
        };

        return rules->offline == OFFLINE_TOTP &&
               proof_window_settle(&window, &standing, PROOF_SAID_NOTHING) == PROOF_COUNTS;
}

static bool login_may_use(const struct offline_codes *codes, const struct login *login)
{
        return offline_codes_may_open(codes, login_account(login), login_request(login)->service,
                                      clock_wall_sec());
}

static bool is_wanted(const struct login *login, void *userdata)
{
        const struct offline_codes *codes = userdata;

        return login_may_use(codes, login) ||
               (codes->next.is_wanted && codes->next.is_wanted(login, codes->next.userdata));
}

/* ---- is it right? ---- */

static void on_safe(int result, void *userdata)
{
        struct offline_code *code = userdata;
        struct login *login = code->login;

        (void)offline_code_free(code);
        if (result < 0)
                (void)login_vouch(login, LOGIN_UNAVAILABLE, NULL, strerror(-result),
                                  SENTENCE_WRITE);
        else
                (void)login_vouch(login, LOGIN_GRANTED, TYPE,
                                  "a one-time code stands in for the provider", NULL);
}

static void refuse(struct login *login, enum factor_answer answer)
{
        if (answer == FACTOR_THROTTLED)
                (void)login_vouch(login, LOGIN_THROTTLED, NULL, factor_answer_detail(answer),
                                  SENTENCE_THROTTLED);
        else
                (void)login_vouch(login, LOGIN_REFUSED, NULL, factor_answer_detail(answer),
                                  SENTENCE_WRONG);
}

/* 1: it is right, and being written down; 0: it is refused; or a negative errno. */
static int check(struct offline_codes *codes, struct login *login, const struct secret *typed)
{
        uint64_t now_sec = clock_wall_sec();
        const struct factor_question question = {
                .account = login_account(login),
                .origin = login_request(login)->origin,
                .code = typed,
                .typed_at_sec = now_sec,
                .now_sec = now_sec,
        };
        enum factor_answer answer = FACTOR_WRONG;
        struct offline_code *code = calloc(1, sizeof(*code));
        if (!code)
                return -ENOMEM;

        *code = (struct offline_code){.codes = codes, .next = codes->first, .login = login};
        codes->first = code;
        int r = factors_check(codes->state, &question, on_safe, code, &code->write, &answer);
        if (r > 0)
                return r;
        (void)offline_code_free(code);
        if (r == 0)
                refuse(login, answer);
        return r;
}

static void look_at(struct offline_codes *codes, struct login *login, const char *digits)
{
        _cleanup_secret_ struct secret *typed = secret_new_text(digits);

        int r = typed ? check(codes, login, typed) : -ENOMEM;
        if (r < 0)
                (void)login_vouch(login, LOGIN_UNAVAILABLE, NULL, strerror(-r), SENTENCE_WRITE);
}

/* Where something can be approved, a code alone is nothing. */
static bool is_offered_alone(const struct login *login)
{
        const struct grant_challenge *challenge = login_challenge(login);

        return challenge && !challenge->user_code && !challenge->binding_message &&
               !challenge->authorization_url;
}

static void on_presented(struct login *login, const struct secret *secret, void *userdata)
{
        struct offline_codes *codes = userdata;
        char digits[ONE_TIME_CODE_DIGITS + 1];

        if (is_offered_alone(login) && one_time_code_read(secret, digits)) {
                if (login_may_use(codes, login))
                        look_at(codes, login, digits);
                else
                        (void)login_vouch(login, LOGIN_REFUSED, NULL,
                                          "no one-time code stands in for the provider now",
                                          SENTENCE_OVER);
                secret_erase(digits, sizeof(digits));
        } else if (codes->next.on_presented) {
                codes->next.on_presented(login, secret, codes->next.userdata);
        } else {
                (void)login_vouch(login, LOGIN_REFUSED, NULL, "what was presented is no code",
                                  SENTENCE_WRONG);
        }
}

/* ---- the outside ---- */

void offline_codes_forget(struct offline_codes *codes, const struct login *login)
{
        struct offline_code *code = codes->first;

        while (code && code->login != login)
                code = code->next;
        if (code)
                (void)offline_code_free(code);
}

int offline_codes_new(struct state *state, const struct settings *settings,
                      const struct login_presenter *next, struct offline_codes **ret_codes)
{
        struct offline_codes *codes = calloc(1, sizeof(*codes));
        if (!codes)
                return -ENOMEM;

        *codes = (struct offline_codes){.state = state, .settings = settings, .next = *next};
        *ret_codes = codes;
        return 0;
}

struct offline_codes *offline_codes_free(struct offline_codes *codes)
{
        if (!codes)
                return NULL;
        while (codes->first)
                (void)offline_code_free(codes->first);
        free(codes);
        return NULL;
}

struct login_presenter offline_codes_presenter(struct offline_codes *codes)
{
        return (struct login_presenter){is_wanted, on_presented, codes};
}
