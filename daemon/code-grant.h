/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of the authorization code grant with PKCE (RFC 6749 section 4.1, RFC 7636) for a browser
 * on the same desk: gives the address to open, takes the query that the browser brings back to the
 * caller's loopback listener (RFC 8252 section 7.3), and hands over the tokens. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "grant.h"
#include "provider.h"

struct code_grant;

struct code_grant_spec {
        sd_event *event;
        struct provider *provider;      /* borrowed */
        const char *account;            /* for login_hint; copied */
        const char *redirect_uri;       /* copied */
        const struct private_key *dpop; /* as in grant.h */
        uint64_t timeout_usec;          /* CODE_GRANT_MAX_SEC at most */
        struct grant_listener listener; /* challenge: authorization_url and nothing else */
};

#define CODE_GRANT_MAX_SEC 300

/* -EINVAL for a redirect_uri that is not http://127.0.0.1:PORT/… or http://[::1]:PORT/…. Nothing is
 * sent before code_grant_start(). */
int code_grant_new(const struct code_grant_spec *spec, struct code_grant **ret_grant);

/* Cancels without a word to the listener; erases the verifier. Takes NULL, returns NULL. */
struct code_grant *code_grant_free(struct code_grant *grant);
DEFINE_CLEANUP(struct code_grant *, code_grant_free);

void code_grant_start(struct code_grant *grant);

/* What came back, without the question mark. Only the first answer counts, and a wrong one ends
 * the grant. -EBUSY for any other. */
int code_grant_answer(struct code_grant *grant, const char *query);

/* Ends it: the listener hears LOGIN_CANCELLED. */
void code_grant_cancel(struct code_grant *grant);

/* That the id_token must have. */
const char *code_grant_nonce(const struct code_grant *grant);
