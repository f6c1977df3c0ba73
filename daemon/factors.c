/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "factors.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "core/throttle.h"
#include "io/one-time-code.h"
#include "log.h"
#include "state.h"

const struct factor_record *factors_next(const struct state *state, const char *account,
                                         const struct factor_record *after)
{
        const struct factor_record *factor = after;

        do
                factor = store_mirror_next(state->factors, factor);
        while (factor && account && strcmp(factor->account, account) != 0);
        return factor;
}

size_t factors_count(const struct state *state, const char *account)
{
        size_t n = 0;

        for (const struct factor_record *factor = NULL;
             (factor = factors_next(state, account, factor));)
                n++;
        return n;
}

bool factors_has(const struct state *state, const char *account)
{
        return factors_next(state, account, NULL) != NULL;
}

/* ---- what the provider said ---- */

uint64_t factors_proved_at_sec(const struct state *state, const char *account)
{
        uint64_t proved_at_sec = 0;

        for (const struct factor_record *factor = NULL;
             (factor = factors_next(state, account, factor));)
                if (factor->proved_at_sec > proved_at_sec)
                        proved_at_sec = factor->proved_at_sec;
        return proved_at_sec;
}

/* Where nobody waits for the disk: the queue tells the journal of its failures, this of its own. */
static void warn_if_failed(const struct factor_record *factor, int r)
{
        if (r < 0)
                log_line(LOG_WARNING, "Failed to keep factor %s: %s, ignoring", factor->id,
                         strerror(-r));
}

void factors_prove(struct state *state, const char *account, uint64_t now_sec)
{
        for (const struct factor_record *factor = NULL;
             (factor = factors_next(state, account, factor));) {
                struct factor_record proved = *factor;
                proved.proved_at_sec = now_sec;
                /* A no counts whatever becomes of it. */
                warn_if_failed(factor, now_sec > 0 ? store_mirror_put(state->factors, &proved, NULL,
                                                                      NULL, NULL)
                                                   : store_mirror_note(state->factors, &proved));
        }
}

/* ---- codes ---- */

/* What came of one code and all of an account's factors. */
struct comparison {
        const struct factor_record *right;
        uint64_t step;
        size_t n, n_throttled;
        bool is_replay;
};

static struct throttle throttle_of(const struct factor_record *factor)
{
        return (struct throttle){
                .n_failures = factor->n_failures,
                .last_at_sec = factor->failed_at_sec,
        };
}

static bool must_wait(const struct factor_record *factor, uint64_t now_sec)
{
        const struct throttle throttle = throttle_of(factor);

        return throttle_wait_sec(&throttle, now_sec) > 0;
}

static void put_failures(struct state *state, const struct factor_record *factor,
                         const struct throttle *throttle)
{
        struct factor_record failed = *factor;

        failed.n_failures = throttle->n_failures;
        failed.failed_at_sec = throttle->last_at_sec;
        warn_if_failed(factor, store_mirror_note(state->factors, &failed));
}

static void heed_clock(struct state *state, const struct factor_question *question)
{
        for (const struct factor_record *factor = NULL;
             (factor = factors_next(state, question->account, factor));) {
                struct throttle throttle = throttle_of(factor);
                if (throttle_heed_clock(&throttle, question->now_sec))
                        put_failures(state, factor, &throttle);
        }
}

/* All of them are tried, whichever was right. */
static int compare(const struct state *state, const struct factor_question *question,
                   struct comparison *comparison)
{
        for (const struct factor_record *factor = NULL;
             (factor = factors_next(state, question->account, factor));) {
                enum code_answer answer;
                uint64_t step;
                comparison->n++;
                if (must_wait(factor, question->now_sec)) {
                        comparison->n_throttled++;
                        continue;
                }
                int r = one_time_code_check(factor->shared_secret, secret_bytes(question->code),
                                            question->typed_at_sec, factor->last_step, &answer,
                                            &step);
                if (r < 0)
                        return r;
                comparison->is_replay = comparison->is_replay || answer == CODE_REPLAYED;
                if (answer == CODE_RIGHT && !comparison->right) {
                        comparison->right = factor;
                        comparison->step = step;
                }
        }
        return 0;
}

static int use(struct state *state, const struct comparison *comparison,
               const struct factor_question *question, store_on_done on_done, void *userdata,
               struct store_write **ret_write)
{
        struct factor_record used = *comparison->right;

        used.last_step = comparison->step;
        used.n_failures = 0;
        used.used_at_sec = question->now_sec;
        used.used_from = (char *)(uintptr_t)question->origin; /* the mirror copies it */
        int r = store_mirror_put(state->factors, &used, on_done, userdata, ret_write);
        return r < 0 ? r : 1;
}

static void count_failure(struct state *state, const struct factor_question *question)
{
        for (const struct factor_record *factor = NULL;
             (factor = factors_next(state, question->account, factor));) {
                if (must_wait(factor, question->now_sec))
                        continue;
                struct throttle throttle = throttle_of(factor);
                throttle_count(&throttle, question->now_sec);
                put_failures(state, factor, &throttle);
        }
}

int factors_check(struct state *state, const struct factor_question *question,
                  store_on_done on_done, void *userdata, struct store_write **ret_write,
                  enum factor_answer *ret_answer)
{
        struct comparison comparison = {0};

        heed_clock(state, question);
        int r = compare(state, question, &comparison);
        if (r < 0)
                return r;
        if (comparison.right)
                return use(state, &comparison, question, on_done, userdata, ret_write);
        if (comparison.n == 0) {
                *ret_answer = FACTOR_ABSENT;
        } else if (comparison.n == comparison.n_throttled) {
                *ret_answer = FACTOR_THROTTLED;
        } else {
                count_failure(state, question);
                *ret_answer = comparison.is_replay ? FACTOR_REPLAYED : FACTOR_WRONG;
        }
        return 0;
}

const char *factor_answer_detail(enum factor_answer answer)
{
        switch (answer) {
        case FACTOR_RIGHT:
                return "the one-time code was right";
        case FACTOR_WRONG:
                return "the one-time code was wrong";
        case FACTOR_REPLAYED:
                return "the one-time code was used before";
        case FACTOR_THROTTLED:
                return "too many one-time codes were wrong";
        case FACTOR_ABSENT:
                return "the account has no second factor";
        }
        return "the one-time code was wrong";
}
