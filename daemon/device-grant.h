/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One run of the device authorization grant against one provider: carries out what core/device-flow
 * asks for (requests, timer) and hands over the tokens. Whose they are is not asked here. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/device-authorization.h"
#include "core/token-set.h"
#include "provider.h"

struct device_grant;

/* on_code at most once; then, once, on_tokens or on_failure, unless the grant is freed first. They
 * may be called from inside device_grant_start(), _person_waits() and _cancel(), and may free the
 * grant. code is borrowed until the grant is freed; expires_at_usec is CLOCK_REALTIME. on_tokens
 * takes what the tokens hold over. detail is for the journal, NULL for nothing to add. */
struct device_grant_listener {
        void (*on_code)(const struct device_authorization *code, uint64_t expires_at_usec,
                        void *userdata);
        void (*on_tokens)(struct token_set *tokens, void *userdata);
        void (*on_failure)(enum login_outcome outcome, const char *detail, void *userdata);
        void *userdata;
};

/* Borrows the provider. Nothing is sent before device_grant_start(). */
int device_grant_new(sd_event *event, struct provider *provider, uint64_t timeout_usec,
                     const struct device_grant_listener *listener, struct device_grant **ret_grant);

/* Cancels without a word to the listener; erases the device code. */
struct device_grant *device_grant_free(struct device_grant *grant);
DEFINE_CLEANUP(struct device_grant *, device_grant_free);

void device_grant_start(struct device_grant *grant);

/* Somebody waits for the verdict: polling may begin. */
void device_grant_person_waits(struct device_grant *grant);

/* Ends it: the listener hears LOGIN_CANCELLED. */
void device_grant_cancel(struct device_grant *grant);
