/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long whoever failed is to wait: the first failures cost nothing, each further one twice the
 * time, and a day without any is a new beginning. Whose failures these are is the caller's
 * business. Times are CLOCK_REALTIME, for they are kept. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_FREE_FAILURES  2
#define THROTTLE_FIRST_WAIT_SEC 5
#define THROTTLE_MAX_WAIT_SEC   3600
#define THROTTLE_FORGET_SEC     86400

struct throttle {
        uint64_t n_failures; /* 0: there is none */
        uint64_t first_at_sec, last_at_sec;
};

/* One more failure, now. */
void throttle_count(struct throttle *throttle, uint64_t now_sec);

/* How long nothing may be tried yet; 0: it may be. */
uint64_t throttle_wait_sec(const struct throttle *throttle, uint64_t now_sec);

/* True when nothing of it counts any more. */
bool throttle_is_over(const struct throttle *throttle, uint64_t now_sec);

/* Failures that lie ahead of now, since the clock was set back, count as of now: otherwise whoever
 * failed would wait until it is then again. True when that changed something. */
bool throttle_heed_clock(struct throttle *throttle, uint64_t now_sec);
