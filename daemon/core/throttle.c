/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/throttle.h"

static uint64_t sec_since_last(const struct throttle *throttle, uint64_t now_sec)
{
        return now_sec > throttle->last_at_sec ? now_sec - throttle->last_at_sec : 0;
}

static uint64_t whole_wait_sec(uint64_t n_failures)
{
        uint64_t wait_sec = THROTTLE_FIRST_WAIT_SEC;

        if (n_failures <= THROTTLE_FREE_FAILURES)
                return 0;
        for (uint64_t n = THROTTLE_FREE_FAILURES + 1;
             n < n_failures && wait_sec < THROTTLE_MAX_WAIT_SEC; n++)
                wait_sec *= 2;
        return wait_sec < THROTTLE_MAX_WAIT_SEC ? wait_sec : THROTTLE_MAX_WAIT_SEC;
}

void throttle_count(struct throttle *throttle, uint64_t now_sec)
{
        if (throttle_is_over(throttle, now_sec))
                *throttle = (struct throttle){.first_at_sec = now_sec};
        throttle->n_failures++;
        throttle->last_at_sec = now_sec;
}

uint64_t throttle_wait_sec(const struct throttle *throttle, uint64_t now_sec)
{
        uint64_t wait_sec = whole_wait_sec(throttle->n_failures);
        uint64_t since_sec = sec_since_last(throttle, now_sec);

        return since_sec < wait_sec ? wait_sec - since_sec : 0;
}

bool throttle_is_over(const struct throttle *throttle, uint64_t now_sec)
{
        return throttle->n_failures == 0 ||
               sec_since_last(throttle, now_sec) >= THROTTLE_FORGET_SEC;
}

bool throttle_heed_clock(struct throttle *throttle, uint64_t now_sec)
{
        if (throttle->last_at_sec <= now_sec)
                return false;
        throttle->last_at_sec = now_sec;
        if (throttle->first_at_sec > now_sec)
                throttle->first_at_sec = now_sec;
        return true;
}
