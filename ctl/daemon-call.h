/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls to the daemon whose failure comes with its mend: for the person who administers it, where
 * common/bus-client.h speaks to the one who logs in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

#include "common/bus-peer.h"
#include "common/login-verdict.h"

struct complaint {
        struct login_verdict verdict;
        const char *mend;    /* static; NULL: none */
        bool is_about_thing; /* badged says it of what was asked for, which is gone or no good */
};

/* True and the daemon, started if the bus can; or false and why. interrupt_fd as for
 * bus_peer_new().
 */
bool daemon_find(int interrupt_fd, struct bus_peer **ret_peer, struct complaint *complaint);

/* One call of the Admin interface; argument NULL for none. True and the daemon's reply, or false
 * and why. */
bool daemon_ask(struct bus_peer *peer, const char *member, const char *argument,
                uint64_t timeout_usec, sd_bus_message **ret_reply, struct complaint *complaint);

/* Likewise in two steps, for methods with other arguments: a call of the Admin interface for the
 * caller to fill and unref (0 or -errno), and its sending. */
int daemon_new_admin_call(struct bus_peer *peer, const char *member, sd_bus_message **ret_call);
bool daemon_call_admin(struct bus_peer *peer, sd_bus_message *call, uint64_t timeout_usec,
                       sd_bus_message **ret_reply, struct complaint *complaint);

/* One call that the caller has put together, of what a person may ask for: likewise. The mend of
 * what the daemon refuses is the caller's to say. */
bool daemon_call(struct bus_peer *peer, sd_bus_message *call, uint64_t timeout_usec,
                 sd_bus_message **ret_reply, struct complaint *complaint);

/* For a reply that could not be read: r is what the reader returned. */
void complaint_set_unreadable(struct complaint *complaint, int r);
