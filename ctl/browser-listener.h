/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits on this machine for one visit of a browser: for the answer that it brings back (RFC 8252
 * section 7.3), or to lead it on to an address that is a secret. Shows it a page of its own. What
 * an answer says is for the daemon to read. The only file that uses libmicrohttpd. */
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

/* Listens on 127.0.0.1, or else on [::1], at a port that the kernel chooses. path, which is
 * borrowed, starts with a slash. 0 or -errno. */
int browser_listener_new(const char *path, struct browser_listener **ret_listener);
/* Accepts nothing any more and closes what is open. Takes NULL, returns NULL. */
struct browser_listener *browser_listener_free(struct browser_listener *listener);
DEFINE_CLEANUP(struct browser_listener *, browser_listener_free);

/* http://ADDRESS:PORT/path. */
const char *browser_listener_address(const struct browser_listener *listener);

/* Only an answer with the state of this address is one; without it every answer is. */
void browser_listener_expect(struct browser_listener *listener, const char *authorization_url);

/* No answer is waited for: a browser of our own user is led on to the url, which is borrowed, and
 * nobody else. */
void browser_listener_lead_on(struct browser_listener *listener, const struct secret *url);

/* Waits until a browser has come with the answer, or to be led on, and has seen its page;
 * deadline_usec is CLOCK_BOOTTIME. *ret_query (or NULL), set with LISTENER_ANSWERED only, is what
 * stood after the question mark, as it came, at most BADGED_ANSWER_MAX_BYTES. For one call. */
enum listener_end browser_listener_wait(struct browser_listener *listener, int interrupt_fd,
                                        uint64_t deadline_usec, struct secret **ret_query);
