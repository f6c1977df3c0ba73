/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes out of the state what nobody asks for any more, once at the start and then again and again:
 * tickets that are over. Sessions that ended go when their tokens are revoked, failures when they
 * are over or there are too many (sessions.h, throttling.h). */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "state.h"

#define TIDYING_INTERVAL_USEC (UINT64_C(86400) * 1000000)

/* Tickets that go at a time: no more than the queue has room for beside all else. */
#define TIDYING_MAX_TICKETS 1000

struct tidying;

/* Begins at once. The state is borrowed. 0, -ENOMEM, or what the event loop says. */
int tidying_new(sd_event *event, struct state *state, uint64_t interval_usec,
                struct tidying **ret_tidying);
/* Takes NULL, returns NULL. */
struct tidying *tidying_free(struct tidying *tidying);
DEFINE_CLEANUP(struct tidying *, tidying_free);
