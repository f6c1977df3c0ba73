/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Failed logins that are counted against whoever comes again (D7), for each account and origin by
 * itself, in the state: how long that one has to wait. The arithmetic is core/throttle's. */
#pragma once

#include <stdint.h>

#include "common/login-outcome.h"
#include "io/store-mirror.h"
#include "io/store-throttle.h"

struct state;

/* Pairs that are kept; beyond that the one that failed longest ago is forgotten. */
#define THROTTLING_MAX_PAIRS 4096

/* Times are CLOCK_REALTIME. */

/* How long the pair has to wait yet; 0: not at all. */
uint64_t throttling_wait_sec(struct state *state, const char *account, const char *origin,
                             uint64_t now_sec);

/* A sentence for whoever has to wait so long. Static. */
const char *throttling_sentence(uint64_t wait_sec);

/* What a login of the pair came to: declined and refused ones count, a granted one clears, and
 * others are nobody's fault. */
void throttling_note(struct state *state, const char *account, const char *origin,
                     enum login_outcome outcome, uint64_t now_sec);

/* The pair after that one which still counts; NULL starts and ends. Borrowed as records of a mirror
 * are. */
const struct throttle_record *
throttling_next(const struct state *state, const struct throttle_record *after, uint64_t now_sec);

/* How long it has to wait yet. */
uint64_t throttle_record_wait_sec(const struct throttle_record *record, uint64_t now_sec);

/* Forgets the pair. -ENOENT, or as store_mirror_remove(). */
int throttling_clear(struct state *state, const char *id, store_on_done on_done, void *userdata,
                     struct store_write **ret_write);
