/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon tells about itself: GetStatus. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/bus-peer.h"
#include "common/cleanup.h"

struct complaint;

struct provider_status {
        char *name, *issuer; /* printable */
        bool has_metadata, has_keys;
};

struct daemon_status {
        char *version, *default_provider; /* printable; NULL when the daemon did not say */
        uint64_t pending_logins, open_sessions, granted_logins, refused_logins;
        uint64_t journal_sequence; /* of its last entry in the journal, and the digest of that */
        char *journal_digest;
        struct provider_status *providers;
        size_t n_providers;
};

/* True and *ret_status, or false and why. */
bool daemon_status_ask(struct bus_peer *peer, struct daemon_status *ret_status,
                       struct complaint *complaint);

/* Frees what it holds and empties it. */
void daemon_status_finish(struct daemon_status *status);
#define _cleanup_status_ _cleanup_(daemon_status_finish)

/* NULL when there is no provider of the name. */
const struct provider_status *daemon_status_provider(const struct daemon_status *status,
                                                     const char *name);
