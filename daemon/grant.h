/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of a grant that asks a person on another device and polls for the tokens: the device
 * authorization grant (RFC 8628) or, with the same rules of polling, CIBA in poll mode (CIBA Core
 * section 7.1, 7.3, 10.1). Carries out what core/device-flow asks for and hands over the tokens.
 * Whose they are is not asked here. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/grant-challenge.h"
#include "core/token-set.h"
#include "provider.h"

struct grant;
struct private_key;

/* on_challenge at most once; then, once, on_tokens or on_failure, unless the grant is freed first.
 * They may be called from inside grant_start(), _person_waits() and _cancel(), and may free the
 * grant. The challenge is borrowed until the grant is freed; expires_at_usec is CLOCK_REALTIME.
 * on_tokens takes what the tokens hold over. detail is for the journal, NULL for nothing to add. */
struct grant_listener {
        void (*on_challenge)(const struct grant_challenge *challenge, uint64_t expires_at_usec,
                             void *userdata);
        void (*on_tokens)(struct token_set *tokens, void *userdata);
        void (*on_failure)(enum login_outcome outcome, const char *detail, void *userdata);
        void *userdata;
};

struct grant_spec {
        sd_event *event;
        struct provider *provider;      /* borrowed */
        const char *account, *service;  /* for login_hint and binding_message; copied */
        const struct private_key *dpop; /* binds the tokens where the provider does that; NULL:
                                           nothing does. Borrowed */
        uint64_t timeout_usec;
        struct grant_listener listener;
};

/* Nothing is sent before grant_start(). */
int grant_new(const struct grant_spec *spec, struct grant **ret_grant);

/* Cancels without a word to the listener; erases the codes. */
struct grant *grant_free(struct grant *grant);
DEFINE_CLEANUP(struct grant *, grant_free);

void grant_start(struct grant *grant);

/* Somebody waits for the verdict: polling may begin. */
void grant_person_waits(struct grant *grant);

/* Ends it: the listener hears LOGIN_CANCELLED. */
void grant_cancel(struct grant *grant);
