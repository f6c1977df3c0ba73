/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The logins that somebody has asked for and not yet let go of, counted by account and source:
 * whatever a caller can make the daemon keep is in this list, and the limits look at it. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "core/tally.h"
#include "login.h"

struct attempt;

struct attempts {
        struct attempt *first;
        size_t n;
        struct tally counts; /* by account and source */
        /* Called once for each attempt when its login has ended, before its listener, or when it is
         * let go of before that. */
        void (*on_ended)(struct login *login, void *userdata);
        void *userdata;
};

void attempts_init(struct attempts *attempts, void (*on_ended)(struct login *login, void *userdata),
                   void *userdata);

/* Those of the account, from the source, and of the account from that source. NULL counts any. */
size_t attempts_count(const struct attempts *attempts, const char *account, const char *source);

/* Starts a login. The listener is called as login.h says, and may free the attempt. */
int attempt_new(struct attempts *attempts, const struct login_spec *spec,
                struct attempt **ret_attempt);

/* Cancels the login if it has not ended, without a word to the listener, and leaves the list. */
struct attempt *attempt_free(struct attempt *attempt);
DEFINE_CLEANUP(struct attempt *, attempt_free);

/* Ends those that are still pending because badged is stopping. They stay in the list. */
void attempts_stop(struct attempts *attempts);

struct login *attempt_login(const struct attempt *attempt);
