/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a recheck is about: for whom and for which service somebody asks, which sessions may answer,
 * and how far their provider's last word goes there. Asks nobody. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "authorities.h"
#include "common/cleanup.h"
#include "core/account-policy.h"
#include "core/proof-window.h"
#include "io/store-session.h"
#include "sessions.h"
#include "settings.h"
#include "state.h"
#include "token-keeper.h"

/* How a login is proved that a session answers for: its record's type. */
#define RECHECK_TYPE "session"

/* Where it looks; borrowed for as long as there are rechecks. */
struct recheck_sources {
        sd_event *event;
        const struct settings *settings;
        const struct authorities *authorities;
        struct state *state;
        struct sessions *sessions;
        struct token_keeper *keeper;
        uint64_t rules_since_sec; /* when the settings were read, CLOCK_REALTIME */
};

/* All borrowed. */
struct recheck_spec {
        const struct recheck_sources *sources;
        const char *account;
        uint64_t uid; /* of the account now */
        const char *service;
        const char *login_session; /* the sessions that are bound to it; NULL: any of the
                                      account's, unless claims decide who has that */
        const char *provider;      /* only of this one; NULL: any */
};

/* With texts of its own, but the same sources; to be finished on failure, too. 0 or -ENOMEM. */
int recheck_spec_copy(const struct recheck_spec *spec, struct recheck_spec *copy);
/* Of such a copy. */
void recheck_spec_finish(struct recheck_spec *copy);

/* By what the session may answer; ACCOUNT_HOLD_NONE: it may not. */
enum account_hold recheck_spec_hold(const struct recheck_spec *spec,
                                    const struct session_record *session);

/* By the rules of the service. */
struct proof_window recheck_spec_window(const struct recheck_spec *spec);

/* Of a session that may answer; now. */
struct proof_standing recheck_spec_standing(const struct recheck_spec *spec,
                                            const struct session_record *session);
