/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "step-up.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "enrolments.h"
#include "factors.h"

#define SENTENCE_MISSING "This service wants the code of your authenticator app, too."
#define SENTENCE_ABSENT                                                             \
        "This service wants the code of an authenticator app, and none is set up: " \
        "badgectl factor enrol totp"
#define SENTENCE_WRONG     "That code is wrong, or was used before."
#define SENTENCE_THROTTLED "Too many codes were wrong. Try again later."
#define SENTENCE_WRITE     "The code cannot be looked at right now. Try again later."

/* One login whose code is right, but not used up on the disk yet. */
struct step_up {
        struct step_ups *step_ups;
        struct step_up *next;
        struct login *login;
        struct store_write *write;
};

struct step_ups {
        struct state *state;
        struct login_registrar next;
        struct step_up *first;
};

static struct step_up *step_up_free(struct step_up *step_up)
{
        struct step_up **link = &step_up->step_ups->first;

        while (*link != step_up)
                link = &(*link)->next;
        *link = step_up->next;
        (void)store_write_free(step_up->write);
        free(step_up);
        return NULL;
}

static void on_safe(int result, void *userdata)
{
        struct step_up *step_up = userdata;
        struct login *login = step_up->login;
        const struct login_registrar next = step_up->step_ups->next;

        (void)step_up_free(step_up);
        if (result < 0)
                (void)login_register(login, LOGIN_UNAVAILABLE, strerror(-result), SENTENCE_WRITE);
        else if (!login_has_ended(login))
                next.on_allowed(login, next.userdata);
}

static void refuse(struct login *login, enum factor_answer answer)
{
        const char *detail = factor_answer_detail(answer);

        switch (answer) {
        case FACTOR_ABSENT:
                (void)login_register(login, LOGIN_REFUSED, detail, SENTENCE_ABSENT);
                return;
        case FACTOR_THROTTLED:
                (void)login_register(login, LOGIN_THROTTLED, detail, SENTENCE_THROTTLED);
                return;
        case FACTOR_RIGHT:
        case FACTOR_WRONG:
        case FACTOR_REPLAYED:
                break;
        }
        (void)login_register(login, LOGIN_REFUSED, detail, SENTENCE_WRONG);
}

/* 1: it is right, and being written down; 0: it is refused; or a negative errno. */
static int look_at(struct step_ups *step_ups, struct login *login,
                   const struct factor_question *question)
{
        enum factor_answer answer = FACTOR_WRONG;
        struct step_up *step_up = calloc(1, sizeof(*step_up));
        if (!step_up)
                return -ENOMEM;

        *step_up = (struct step_up){.step_ups = step_ups, .next = step_ups->first, .login = login};
        step_ups->first = step_up;
        int r = factors_check(step_ups->state, question, on_safe, step_up, &step_up->write,
                              &answer);
        if (r > 0)
                return r;
        (void)step_up_free(step_up);
        if (r == 0)
                refuse(login, answer);
        return r;
}

/* What somebody holds, not what an approval of before is still good for. */
static bool is_enough(const char *substitute)
{
        return substitute && (strcmp(substitute, "ticket") == 0 || strcmp(substitute, "totp") == 0);
}

/* A factor that came meanwhile is asked for, too, before the account gets another one. */
static bool wants_code(const struct step_ups *step_ups, const struct login *login)
{
        return login_wants_code(login) ||
               (strcmp(login_request(login)->service, ENROLMENT_SERVICE) == 0 &&
                factors_has(step_ups->state, login_account(login)));
}

static void on_allowed(struct login *login, void *userdata)
{
        struct step_ups *step_ups = userdata;
        struct factor_question question = {
                .account = login_account(login),
                .origin = login_request(login)->origin,
                .now_sec = clock_wall_sec(),
        };

        if (!wants_code(step_ups, login) || is_enough(login_substitute(login))) {
                step_ups->next.on_allowed(login, step_ups->next.userdata);
                return;
        }
        question.code = login_code(login, &question.typed_at_sec);
        if (!factors_has(step_ups->state, question.account)) {
                refuse(login, FACTOR_ABSENT);
        } else if (!question.code) {
                (void)login_register(login, LOGIN_REFUSED, "no one-time code was typed",
                                     SENTENCE_MISSING);
        } else {
                int r = look_at(step_ups, login, &question);
                if (r < 0)
                        (void)login_register(login, LOGIN_UNAVAILABLE, strerror(-r),
                                             SENTENCE_WRITE);
        }
}

static void on_forbidden(struct login *login, const struct identity *identity,
                         const struct account_verdict *verdict, void *userdata)
{
        const struct step_ups *step_ups = userdata;

        step_ups->next.on_forbidden(login, identity, verdict, step_ups->next.userdata);
}

void step_ups_forget(struct step_ups *step_ups, const struct login *login)
{
        struct step_up *step_up = step_ups->first;

        while (step_up && step_up->login != login)
                step_up = step_up->next;
        if (step_up)
                (void)step_up_free(step_up);
}

int step_ups_new(struct state *state, struct login_registrar next, struct step_ups **ret_step_ups)
{
        struct step_ups *step_ups = calloc(1, sizeof(*step_ups));
        if (!step_ups)
                return -ENOMEM;

        *step_ups = (struct step_ups){.state = state, .next = next};
        *ret_step_ups = step_ups;
        return 0;
}

struct step_ups *step_ups_free(struct step_ups *step_ups)
{
        if (!step_ups)
                return NULL;
        while (step_ups->first)
                (void)step_up_free(step_ups->first);
        free(step_ups);
        return NULL;
}

struct login_registrar step_ups_registrar(struct step_ups *step_ups)
{
        return (struct login_registrar){on_allowed, on_forbidden, step_ups};
}
