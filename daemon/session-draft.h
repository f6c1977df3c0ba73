/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The row of a session as it is to be written: what a granted login says of itself, and the
 * approval behind it, its own or that of an earlier session. */
#pragma once

#include <stdint.h>

#include "io/store-session.h"
#include "login.h"

/* All of the record is borrowed, from the login, its settings and the earlier session. */
struct session_draft {
        struct session_record record;
        char *amr; /* of the record, but for this */
};

#define _cleanup_draft_ _cleanup_(session_draft_finish)

/* lifetime_sec 0: it does not end by itself. 0 or -ENOMEM; to be finished in either case. */
int session_draft_init(struct session_draft *draft, const struct login *login,
                       uint64_t lifetime_sec, uint64_t now_sec);
/* The earlier session's approval stands behind it, and ends it. */
void session_draft_follow(struct session_draft *draft, const struct session_record *basis);
void session_draft_finish(struct session_draft *draft);
