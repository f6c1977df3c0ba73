/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ends the sessions whose login session is gone without a word: sshd was killed, say. Only one that
 * logind has once had under its name can be missed there. */
#pragma once

#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "granted-logins.h"

struct session_watch;

/* Borrows the logins. Without logind it watches nothing. -ENOMEM. */
int session_watch_new(sd_event *event, struct granted_logins *logins,
                      struct session_watch **ret_watch);
/* Takes NULL, returns NULL. */
struct session_watch *session_watch_free(struct session_watch *watch);
DEFINE_CLEANUP(struct session_watch *, session_watch_free);

/* Looks at all of them: at the start, and when one was opened. Later ones are looked at whenever
 * logind has news. */
void session_watch_look(struct session_watch *watch);
