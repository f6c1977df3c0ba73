/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The person's own access token, as the daemon hands it out: for one run of badgectl, in memory
 * only. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/secret.h"
#include "ctl/daemon-call.h"

struct access_token {
        struct secret *token;                      /* fit for a header */
        char *type;                                /* "Bearer" */
        char *provider, *issuer, *subject, *scope; /* printable; NULL: not said */
        char *userinfo_endpoint;                   /* https; NULL: the provider has none */
        char *ca_file, *proxy;                     /* for the provider's own servers; or NULL */
        uint64_t granted_at_sec, expires_at_sec;   /* CLOCK_REALTIME; 0: not said */
};

void access_token_finish(struct access_token *token);
#define _cleanup_token_ _cleanup_(access_token_finish)

/* A token that counts for at least so long: true, or false and why not. From then on no core of
 * this process is dumped. */
bool access_token_ask(uint64_t min_lifetime_sec, struct access_token *ret_token,
                      struct complaint *complaint);
