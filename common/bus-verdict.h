/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a call to the daemon that did not go well means to the person who wants in. Never a grant.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "common/bus-peer.h"

struct login_verdict;

/* For PEER_ERROR: what the daemon's error says. */
void bus_verdict_for_error(sd_bus_message *reply, struct login_verdict *verdict);

/* For everything but a reply from the daemon. */
void bus_verdict_for_silence(enum peer_answer answer, struct login_verdict *verdict);

/* Our own failures, and replies of the wrong shape: r is a negative errno. */
void bus_verdict_for_failure(int r, struct login_verdict *verdict);
