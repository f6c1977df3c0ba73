/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an approval that a session goes on by still counts (D3, D4): looks for the sessions that
 * may answer for an account, and has the provider asked anew by their tokens where its last word is
 * too old (core/proof-window), and the rules where they go by claims. A session that the provider
 * refuses is at its end. Knows nothing of logins: what a session that stands is good for is the
 * caller's to say. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "authorities.h"
#include "common/cleanup.h"
#include "io/store-session.h"
#include "sessions.h"
#include "settings.h"
#include "state.h"
#include "token-keeper.h"

/* How a login is proved that a session answers for: its record's type. */
#define RECHECK_TYPE "session"

struct recheck;

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

/* Borrowed during recheck_new(), but the sources. */
struct recheck_spec {
        const struct recheck_sources *sources;
        const char *account;
        uint64_t uid; /* of the account now */
        const char *service;
        const char *login_session; /* the sessions that are bound to it; NULL: any of the
                                      account's, unless claims decide who has that */
        const char *provider;      /* only of this one; NULL: any */
};

enum recheck_end {
        RECHECK_STANDS,      /* the session answers for the account */
        RECHECK_NOTHING,     /* there is none that could */
        RECHECK_UNREACHABLE, /* there is, but its provider says nothing for now */
        RECHECK_REFUSED,     /* its provider said no */
};

/* Called once, from the loop. session is borrowed, and NULL unless RECHECK_STANDS; detail is for
 * the journal, static. May free the recheck. */
typedef void (*recheck_on_done)(enum recheck_end end, const struct session_record *session,
                                const char *detail, void *userdata);

/* A session that may answer for the account without its provider being asked, or with: the one that
 * was proved last. NULL: there is none, and a recheck would end in RECHECK_NOTHING. */
const struct session_record *recheck_find(const struct recheck_spec *spec);

int recheck_new(const struct recheck_spec *spec, recheck_on_done on_done, void *userdata,
                struct recheck **ret_recheck);
/* Nobody is told any more. What the provider is being asked goes on. Takes NULL, returns NULL. */
struct recheck *recheck_free(struct recheck *recheck);
DEFINE_CLEANUP(struct recheck *, recheck_free);
