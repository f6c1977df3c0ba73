/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a granted login: it waits to be claimed, once, by the process that opens the
 * login session, and is then that session until it is closed. In memory: a daemon that restarts has
 * forgotten both, and a claim of what it has forgotten fails. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/cleanup.h"
#include "log.h"

struct sessions;

/* How long a granted login waits for its session. */
#define SESSION_CLAIM_SEC 120

/* Most granted logins and sessions kept; the oldest goes first. */
#define SESSIONS_MAX 10000

#define SESSION_NO_UID ((uid_t)-1)

struct session {
        char *login; /* id of the login that it came from */
        char *account, *service, *origin;
        char *provider, *issuer, *subject;
        char *id;         /* NULL until it is claimed */
        bool is_personal; /* the account is open to this one identity */
        uid_t uid;        /* of the account when it was claimed; SESSION_NO_UID: not known */
        uint64_t granted_at_usec; /* CLOCK_BOOTTIME */
        struct session *next;
};

/* on_dropped is told of a granted login that nobody claimed in time, or that had to make room. */
int sessions_new(void (*on_dropped)(const struct session *session, void *userdata), void *userdata,
                 struct sessions **ret_sessions);
struct sessions *sessions_free(struct sessions *sessions);
DEFINE_CLEANUP(struct sessions *, sessions_free);

/* Remembers a granted login. Copies every string of the template; id is not looked at. */
int sessions_add(struct sessions *sessions, const struct session *granted);

/* Drops the logins that nobody claimed in time. True when some still wait to be claimed. */
bool sessions_drop_unclaimed(struct sessions *sessions, uint64_t now_usec);

/* Claims the login for this account: 0 and the session, borrowed until it is closed; -ENOENT when
 * there is no such login, it was claimed before, is another account's, or waited too long. */
int sessions_open(struct sessions *sessions, const char *login, const char *account, uid_t uid,
                  uint64_t now_usec, const struct session **ret_session);

/* The session, which the caller frees with session_free(); NULL when there is none with that id. */
struct session *sessions_close(struct sessions *sessions, const char *id);
struct session *session_free(struct session *session);
DEFINE_CLEANUP(struct session *, session_free);

/* The youngest open session of the uid after that one, NULL for the very youngest; borrowed. By the
 * uid, for a name may go to somebody else while a session is open, and two names may have one uid.
 */
const struct session *sessions_next(const struct sessions *sessions, uid_t uid,
                                    const struct session *after);

/* Writes into the journal that it was opened or closed. */
void session_log(const struct session *session, enum log_event event);

/* Sessions that are open. */
size_t sessions_count(const struct sessions *sessions);
