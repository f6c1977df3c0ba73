/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon as one process on the system bus: found once, then addressed and believed only by its
 * unique name. Blocking and bounded; one thread, no callbacks. common/bus-client.h speaks to it. */
#pragma once

#include <stdint.h>
#include <systemd/sd-bus.h>

#include "common/cleanup.h"

enum peer_answer {
        PEER_ANSWERED,    /* the daemon's reply */
        PEER_ERROR,       /* the daemon's error reply */
        PEER_ABSENT,      /* nobody owns the name and the bus cannot start it, or its owner left */
        PEER_FORBIDDEN,   /* the bus policy does not let us ask */
        PEER_UNREACHABLE, /* no bus, the bus went away, or memory is short */
        PEER_LATE,        /* the deadline passed */
        PEER_INTERRUPTED, /* the interrupt descriptor became readable */
};

struct bus_peer;

/* Opens the system bus and finds the daemon, starting it through the bus when the name has no
 * owner. interrupt_fd is borrowed for the peer's life; -1 for none. Deadlines are CLOCK_BOOTTIME.
 * PEER_ANSWERED fills *ret_peer; PEER_ERROR does not occur. */
enum peer_answer bus_peer_new(int interrupt_fd, uint64_t deadline_usec, struct bus_peer **ret_peer);

/* Leaves the bus without flushing, which could block; the daemon sees the connection go. */
struct bus_peer *bus_peer_free(struct bus_peer *peer);
DEFINE_CLEANUP(struct bus_peer *, bus_peer_free);

/* A method call to the daemon's unique name, for the caller to fill and unref. 0 or -errno. */
int bus_peer_new_call(struct bus_peer *peer, const char *path, const char *interface,
                      const char *member, sd_bus_message **ret_call);

/* Sends, and waits for the daemon's own reply: replies and signals of anybody else are dropped.
 * *ret_reply is set for PEER_ANSWERED and PEER_ERROR; it is marked sensitive. */
enum peer_answer bus_peer_call(struct bus_peer *peer, sd_bus_message *call, uint64_t deadline_usec,
                               sd_bus_message **ret_reply);

/* Sends without asking for a reply. */
void bus_peer_send(struct bus_peer *peer, sd_bus_message *call);

#define _cleanup_message_ _cleanup_(sd_bus_message_unrefp)
