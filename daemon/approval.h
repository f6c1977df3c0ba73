/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How one person's approval is got: on another device (grant.h), or in a browser here
 * (code-grant.h). Also makes the key that the tokens are bound to, where they are. */
#pragma once

#include "common/cleanup.h"
#include "grant.h"
#include "provider.h"

struct approval;
struct private_key;

struct approval_spec {
        sd_event *event;
        struct provider *provider;     /* borrowed */
        const char *account, *service; /* copied */
        const char *redirect_uri;      /* of a browser here; NULL: on another device */
        uint64_t timeout_usec;
        struct grant_listener listener;
};

/* -EINVAL for a redirect_uri that does not lead to this machine, -EIO when no key can be made.
 * Nothing is sent before approval_start(). */
int approval_new(const struct approval_spec *spec, struct approval **ret_approval);
/* Cancels without a word to the listener. Takes NULL, returns NULL. */
struct approval *approval_free(struct approval *approval);
DEFINE_CLEANUP(struct approval *, approval_free);

void approval_start(struct approval *approval);

/* Somebody waits for the verdict. */
void approval_person_waits(struct approval *approval);

/* The query that the browser brought back; -EBUSY when none is waited for. */
int approval_answer(struct approval *approval, const char *query);

/* The listener hears LOGIN_CANCELLED, unless it heard of an end already. */
void approval_cancel(struct approval *approval);

/* That the id_token must have; NULL: none was sent. */
const char *approval_nonce(const struct approval *approval);

/* The key that tokens may be bound to, borrowed; NULL: none. */
const struct private_key *approval_dpop(const struct approval *approval);
/* Likewise, for the caller to free. */
struct private_key *approval_take_dpop(struct approval *approval);
