/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether an approval that a session goes on by still counts (D3, D4): looks for the sessions that
 * may answer for an account, and has the provider asked anew by their tokens where its last word is
 * too old (core/proof-window), and the rules where they go by claims. A session that the provider
 * refuses is at its end. Knows nothing of logins: what a session that stands is good for is the
 * caller's to say. */
#pragma once

#include "common/cleanup.h"
#include "io/store-session.h"
#include "recheck-spec.h"

struct recheck;

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
