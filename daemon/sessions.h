/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of a granted login: it waits to be claimed, once, by the process that opens the
 * login session, and is then that session until it ends. Each is a row of the state, so that it
 * outlives the daemon. What goes with a session, such as its tokens, is not known here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "io/store-mirror.h"
#include "io/store-session.h"

struct sessions;

/* How long a granted login waits for its session. */
#define SESSION_CLAIM_SEC 120

/* Most granted logins and sessions kept; the oldest goes first. */
#define SESSIONS_MAX 10000

#define SESSION_NO_UID ((uint64_t)UINT32_MAX)

enum session_end {
        SESSION_CLOSED,         /* by the application */
        SESSION_UNCLAIMED,      /* nobody opened it in time */
        SESSION_UNWANTED,       /* whoever asked for the login had gone before it was safe */
        SESSION_CROWDED_OUT,    /* by younger ones */
        SESSION_EXPIRED,        /* session_lifetime */
        SESSION_ENDED_BY_OWNER, /* the person said so */
        SESSION_ENDED_BY_ADMIN,
        SESSION_REFUSED,  /* the provider does not renew its tokens any more */
        SESSION_VANISHED, /* its login session is gone, or the machine was started anew */
};

/* Static, for the journal and the row. */
const char *session_end_reason(enum session_end how);

/* on_due is called from the loop for a login that nobody claimed in time and for a session that has
 * expired, and from sessions_add() for one that has to make room: to be ended, by sessions_end().
 */
struct sessions_listener {
        void (*on_due)(const struct session_record *session, enum session_end how, void *userdata);
        void *userdata;
};

/* Borrows the table. */
int sessions_new(sd_event *event, struct store_mirror *table,
                 const struct sessions_listener *listener, struct sessions **ret_sessions);
struct sessions *sessions_free(struct sessions *sessions);
DEFINE_CLEANUP(struct sessions *, sessions_free);

/* Ends what came due while badged did not run; to be called once, when the listener can hear it. */
void sessions_start(struct sessions *sessions);

/* A granted login: the record, which is copied, with its own new id. The rest of these three as
 * store_mirror_put(). */
int sessions_add(struct sessions *sessions, const struct session_record *granted,
                 store_on_done on_done, void *userdata, struct store_write **ret_write);

/* What is told when a login is claimed. Borrowed; texts may be NULL. */
struct session_claim {
        const char *account;
        uint64_t uid; /* of the account now, or SESSION_NO_UID */
        const char *login_session;
};

/* Claims the login: -ENOENT when there is none, it was claimed before, is another account's, or
 * waited too long. */
int sessions_claim(struct sessions *sessions, const char *id, const struct session_claim *claim,
                   store_on_done on_done, void *userdata, struct store_write **ret_write);

/* It began that login session. -ENOENT when it is not open. */
int sessions_bind(struct sessions *sessions, const char *id, const char *login_session);

/* Ends it. With revoke_until_sec the row stays, for its tokens, until sessions_forget(). -ENOENT
 * when it has ended before. */
int sessions_end(struct sessions *sessions, const char *id, enum session_end how,
                 uint64_t revoke_until_sec, store_on_done on_done, void *userdata,
                 struct store_write **ret_write);

/* Nothing is left to do for one that has ended. */
void sessions_forget(struct sessions *sessions, const char *id);

/* It was of use just now, to somebody from there (NULL: not known). Written down once a minute at
 * most. */
void sessions_note_use(struct sessions *sessions, const char *id, const char *from);

/* Takes the place of the row of that id, unless it has ended; a failure is in the journal. */
void sessions_change(struct sessions *sessions, const struct session_record *changed);

/* What the provider said of a session that has not ended counts no longer, whatever becomes of that
 * on the disk; without memory for it nothing changes, and that is in the journal. The session is
 * borrowed until the loop goes on, as after store_mirror_note(). */
void sessions_void_proof(struct sessions *sessions, const struct session_record *session);

/* A login or session that lasts; NULL. Borrowed as store_mirror_get() says. */
const struct session_record *sessions_get(const struct sessions *sessions, const char *id);
/* Of those, the one after that, oldest first. */
const struct session_record *sessions_next(const struct sessions *sessions,
                                           const struct session_record *after);
/* Likewise of those that have ended, and whose tokens are not revoked yet. */
const struct session_record *sessions_next_ended(const struct sessions *sessions,
                                                 const struct session_record *after);

/* Claimed, and not ended. */
bool session_is_open(const struct session_record *session);

/* Sessions that are open. */
size_t sessions_count(const struct sessions *sessions);

/* CLOCK_REALTIME. */
uint64_t sessions_now_sec(const struct sessions *sessions);
