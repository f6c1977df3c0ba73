/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "attempts.h"

#include <errno.h>
#include <stdbool.h>

struct attempt {
        struct attempts *attempts; /* NULL until it is in the list */
        struct attempt *previous, *next;
        struct login *login;
        struct login_listener listener;
        bool has_ended;
};

void attempts_init(struct attempts *attempts, void (*on_ended)(struct login *login, void *userdata),
                   void *userdata)
{
        *attempts = (struct attempts){.on_ended = on_ended, .userdata = userdata};
}

size_t attempts_count(const struct attempts *attempts, const char *account, const char *source)
{
        return tally_count(&attempts->counts, account, source);
}

static void attempt_end(struct attempt *attempt)
{
        if (attempt->has_ended)
                return;
        attempt->has_ended = true;
        attempt->attempts->on_ended(attempt->login, attempt->attempts->userdata);
}

static void on_challenge(struct login *login, void *userdata)
{
        struct attempt *attempt = userdata;
        attempt->listener.on_challenge(login, attempt->listener.userdata);
}

static void on_end(struct login *login, void *userdata)
{
        struct attempt *attempt = userdata;

        attempt_end(attempt);
        attempt->listener.on_end(login, attempt->listener.userdata);
}

static int attempts_link(struct attempts *attempts, struct attempt *attempt)
{
        int r = tally_add(&attempts->counts, login_account(attempt->login),
                          login_request(attempt->login)->source);
        if (r < 0)
                return r;
        attempt->attempts = attempts;
        attempt->next = attempts->first;
        if (attempt->next)
                attempt->next->previous = attempt;
        attempts->first = attempt;
        attempts->n++;
        return 0;
}

static void attempt_unlink(struct attempt *attempt)
{
        if (attempt->previous)
                attempt->previous->next = attempt->next;
        else
                attempt->attempts->first = attempt->next;
        if (attempt->next)
                attempt->next->previous = attempt->previous;
        attempt->attempts->n--;
        tally_take(&attempt->attempts->counts, login_account(attempt->login),
                   login_request(attempt->login)->source);
}

int attempt_new(struct attempts *attempts, const struct login_spec *spec,
                struct attempt **ret_attempt)
{
        struct attempt *attempt = calloc(1, sizeof(*attempt));
        if (!attempt)
                return -ENOMEM;

        attempt->listener = spec->listener;
        struct login_spec own = *spec;
        own.listener = (struct login_listener){on_challenge, on_end, attempt};
        int r = login_new(&own, &attempt->login);
        if (r >= 0)
                r = attempts_link(attempts, attempt);
        if (r < 0) {
                (void)login_free(attempt->login);
                free(attempt);
                return r;
        }
        *ret_attempt = attempt;
        return 0;
}

/* A login that is let go of early is cancelled first, so that the journal has its end. */
struct attempt *attempt_free(struct attempt *attempt)
{
        if (!attempt)
                return NULL;
        login_cancel(attempt->login);
        attempt_end(attempt);
        attempt_unlink(attempt);
        (void)login_free(attempt->login);
        free(attempt);
        return NULL;
}

void attempts_stop(struct attempts *attempts)
{
        for (struct attempt *attempt = attempts->first; attempt; attempt = attempt->next)
                login_stop(attempt->login);
}

struct login *attempt_login(const struct attempt *attempt)
{
        return attempt->login;
}
