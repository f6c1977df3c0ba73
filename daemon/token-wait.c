/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-wait.h"

#include <errno.h>
#include <stdlib.h>

struct token_wait {
        struct token_waits *waits; /* NULL: the tokens are over */
        struct token_wait *next;
        struct token_wish wish;
        token_on_answer on_answer;
        void *userdata;
        sd_event_source *turn; /* on while there is something to do about it, from the loop */
        bool has_answer;
        enum token_answer answer;
};

static void wake(struct token_wait *wait)
{
        (void)sd_event_source_set_enabled(wait->turn, SD_EVENT_ONESHOT);
}

void token_waits_tell(struct token_waits *waits, enum token_answer answer)
{
        for (struct token_wait *wait = waits->first; wait; wait = wait->next)
                if (!wait->has_answer) {
                        wait->has_answer = true;
                        wait->answer = answer;
                        wake(wait);
                }
}

void token_waits_renew(struct token_waits *waits)
{
        for (struct token_wait *wait = waits->first; wait; wait = wait->next)
                if (!wait->has_answer) {
                        wait->wish.is_fresh = true;
                        wake(wait);
                }
}

void token_waits_finish(struct token_waits *waits)
{
        token_waits_tell(waits, TOKEN_OVER);
        while (waits->first) {
                struct token_wait *next = waits->first->next;
                waits->first->waits = NULL;
                waits->first->next = NULL;
                waits->first = next;
        }
}

/* Nothing may touch the wait after the answer. */
static int on_turn(sd_event_source *source, void *userdata)
{
        struct token_wait *wait = userdata;
        _cleanup_record_ struct token_record record = {0};
        enum token_answer answer = wait->answer;

        if (!wait->has_answer &&
            !wait->waits->judge(&wait->wish, &record, &answer, wait->waits->userdata))
                return 0;
        wait->has_answer = true;
        wait->on_answer(answer, answer == TOKEN_VALID ? &record : NULL, wait->userdata);
        return 0;
}

int token_wait_new(sd_event *event, struct token_waits *waits, const struct token_wish *wish,
                   token_on_answer on_answer, void *userdata, struct token_wait **ret_wait)
{
        _cleanup_(token_wait_freep) struct token_wait *wait = calloc(1, sizeof(*wait));
        if (!wait)
                return -ENOMEM;

        wait->wish = *wish;
        wait->on_answer = on_answer;
        wait->userdata = userdata;
        int r = sd_event_add_defer(event, &wait->turn, on_turn, wait);
        if (r < 0)
                return r;
        wait->waits = waits;
        wait->next = waits->first;
        waits->first = wait;
        *ret_wait = TAKE_PTR(wait);
        return 0;
}

struct token_wait *token_wait_free(struct token_wait *wait)
{
        if (!wait)
                return NULL;
        if (wait->waits) {
                struct token_wait **link = &wait->waits->first;
                while (*link != wait)
                        link = &(*link)->next;
                *link = wait->next;
        }
        sd_event_source_disable_unref(wait->turn);
        free(wait);
        return NULL;
}
