/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits on this machine for the one answer that a browser brings back (RFC 8252 section 7.3), and
 * shows the browser a page of its own. What the answer says is for the daemon to read: somebody
 * else's has the wrong state and ends the login. The only file that uses libmicrohttpd. */
#pragma once

#include <stdint.h>

#include "common/cleanup.h"
#include "common/secret.h"

struct browser_listener;

enum listener_end {
        LISTENER_ANSWERED,
        LISTENER_LATE,        /* the deadline passed */
        LISTENER_INTERRUPTED, /* the descriptor became readable */
        LISTENER_FAILED,      /* the machine is short of something */
};

/* Listens on 127.0.0.1, or else on [::1], at a port that the kernel chooses. The path is the one
 * that the administrator registers: only the port is left open there. 0 or -errno. */
int browser_listener_new(struct browser_listener **ret_listener);
/* Accepts nothing any more and closes what is open. Takes NULL, returns NULL. */
struct browser_listener *browser_listener_free(struct browser_listener *listener);
DEFINE_CLEANUP(struct browser_listener *, browser_listener_free);

/* The redirect_uri: http://ADDRESS:PORT/callback. */
const char *browser_listener_address(const struct browser_listener *listener);

/* Waits until a browser has come to that address with a query, and has seen its page; deadline_usec
 * is CLOCK_BOOTTIME. *ret_query, set with LISTENER_ANSWERED only, is what stood after the question
 * mark, as it came, at most BADGED_ANSWER_MAX_BYTES. For one call. */
enum listener_end browser_listener_wait(struct browser_listener *listener, int interrupt_fd,
                                        uint64_t deadline_usec, struct secret **ret_query);
