/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sessions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "common/clock.h"
#include "io/boot-id.h"
#include "log.h"

/* How exactly the last use is known. */
#define USE_SEC 60

struct sessions {
        sd_event *event;
        struct store_mirror *table;
        struct sessions_listener listener;
        char boot[BOOT_ID_SIZE]; /* empty: not known */
        sd_event_source *timer;
        uint64_t due_at_sec; /* when the timer goes off; 0: it is off */
};

static const struct {
        enum session_end how;
        const char *reason;
} reasons[] = {
        {SESSION_CLOSED, "closed"},
        {SESSION_UNCLAIMED, "nobody opened a session in time"},
        {SESSION_UNWANTED, "whoever asked for the login had gone"},
        {SESSION_CROWDED_OUT, "there were too many sessions"},
        {SESSION_EXPIRED, "its time was over (session_lifetime)"},
        {SESSION_ENDED_BY_OWNER, "ended by the person"},
        {SESSION_ENDED_BY_ADMIN, "ended by an administrator"},
        {SESSION_REFUSED, "the provider does not renew it any more"},
        {SESSION_VANISHED, "its login session is gone"},
};

const char *session_end_reason(enum session_end how)
{
        for (size_t i = 0; i < ELEMENTSOF(reasons); i++)
                if (reasons[i].how == how)
                        return reasons[i].reason;
        return "ended";
}

uint64_t sessions_now_sec(const struct sessions *sessions)
{
        return clock_wall_sec();
}

/* ---- one after the other ---- */

bool session_is_open(const struct session_record *session)
{
        return session->opened_at_sec > 0 && session->ended_at_sec == 0;
}

static const struct session_record *next(const struct sessions *sessions,
                                         const struct session_record *after, bool has_ended)
{
        const struct session_record *session = after;

        while ((session = store_mirror_next(sessions->table, session)))
                if ((session->ended_at_sec > 0) == has_ended)
                        return session;
        return NULL;
}

const struct session_record *sessions_next(const struct sessions *sessions,
                                           const struct session_record *after)
{
        return next(sessions, after, false);
}

const struct session_record *sessions_next_ended(const struct sessions *sessions,
                                                 const struct session_record *after)
{
        return next(sessions, after, true);
}

const struct session_record *sessions_get(const struct sessions *sessions, const char *id)
{
        const struct session_record *session = store_mirror_get(sessions->table, id);

        return session && session->ended_at_sec == 0 ? session : NULL;
}

size_t sessions_count(const struct sessions *sessions)
{
        const struct session_record *session = NULL;
        size_t n = 0;

        while ((session = sessions_next(sessions, session)))
                n += session_is_open(session);
        return n;
}

/* ---- those that are due ---- */

/* When it ends by itself; UINT64_MAX: never. */
static uint64_t end_of(const struct session_record *session)
{
        uint64_t end_sec = session->expires_at_sec > 0 ? session->expires_at_sec : UINT64_MAX;
        uint64_t claim_sec = session->created_at_sec + SESSION_CLAIM_SEC;

        return session->opened_at_sec == 0 && claim_sec < end_sec ? claim_sec : end_sec;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

/* A clock that is set goes along with it: times in the rows are those of the calendar. */
static void arm(struct sessions *sessions, uint64_t due_at_sec)
{
        if (due_at_sec == UINT64_MAX ||
            (sessions->due_at_sec > 0 && sessions->due_at_sec <= due_at_sec))
                return;
        sessions->timer = sd_event_source_disable_unref(sessions->timer);
        int r = sd_event_add_time(sessions->event, &sessions->timer, CLOCK_REALTIME,
                                  (due_at_sec + 1) * USEC_PER_SEC, USEC_PER_SEC, on_timer,
                                  sessions);
        sessions->due_at_sec = r < 0 ? 0 : due_at_sec;
        if (r < 0 && r != -ESTALE)
                log_line(LOG_WARNING, "Failed to wait for the end of sessions: %s, ignoring",
                         strerror(-r));
}

/* The listener may end more than the one it is told of. */
static void end_those_due(struct sessions *sessions)
{
        const struct session_record *session = NULL;
        uint64_t now_sec = sessions_now_sec(sessions);

        while ((session = sessions_next(sessions, session))) {
                uint64_t end_sec = end_of(session);
                if (end_sec >= now_sec)
                        arm(sessions, end_sec);
                else
                        sessions->listener.on_due(session,
                                                  session->opened_at_sec > 0 ? SESSION_EXPIRED
                                                                             : SESSION_UNCLAIMED,
                                                  sessions->listener.userdata);
        }
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct sessions *sessions = userdata;

        sessions->due_at_sec = 0;
        end_those_due(sessions);
        return 0;
}

/* A boot ends every login session. */
void sessions_start(struct sessions *sessions)
{
        const struct session_record *session = NULL;

        while ((session = sessions_next(sessions, session)))
                if (session->boot && sessions->boot[0] != '\0' &&
                    strcmp(session->boot, sessions->boot) != 0)
                        sessions->listener.on_due(session, SESSION_VANISHED,
                                                  sessions->listener.userdata);
        end_those_due(sessions);
}

static void make_room(struct sessions *sessions)
{
        const struct session_record *session = NULL, *oldest = sessions_next(sessions, NULL);
        size_t n = 0;

        while ((session = sessions_next(sessions, session)))
                n++;
        if (n >= SESSIONS_MAX)
                sessions->listener.on_due(oldest, SESSION_CROWDED_OUT, sessions->listener.userdata);
}

/* ---- changes ---- */

int sessions_add(struct sessions *sessions, const struct session_record *granted,
                 store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        if (store_mirror_count(sessions->table) >= SESSIONS_MAX)
                make_room(sessions);
        int r = store_mirror_put(sessions->table, granted, on_done, userdata, ret_write);
        if (r >= 0)
                arm(sessions, end_of(granted));
        return r;
}

/* Shallow copies are enough: the table makes its own. */
int sessions_claim(struct sessions *sessions, const char *id, const struct session_claim *claim,
                   store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        const struct session_record *session = sessions_get(sessions, id);
        uint64_t now_sec = sessions_now_sec(sessions);

        if (!session || session->opened_at_sec > 0 || end_of(session) < now_sec ||
            strcmp(session->account, claim->account) != 0)
                return -ENOENT;
        struct session_record changed = *session;
        changed.opened_at_sec = changed.used_at_sec = now_sec;
        changed.uid = claim->uid;
        changed.boot = sessions->boot;
        changed.login_session = (char *)claim->login_session;
        return store_mirror_put(sessions->table, &changed, on_done, userdata, ret_write);
}

static void warn_if_failed(const char *id, int r)
{
        if (r < 0)
                log_line(LOG_WARNING, "Failed to write down session %s: %s, ignoring", id,
                         strerror(-r));
}

void sessions_change(struct sessions *sessions, const struct session_record *changed)
{
        if (sessions_get(sessions, changed->id))
                warn_if_failed(changed->id,
                               store_mirror_put(sessions->table, changed, NULL, NULL, NULL));
}

void sessions_void_proof(struct sessions *sessions, const struct session_record *session)
{
        struct session_record changed = *session;

        changed.proved_at_sec = 0;
        warn_if_failed(session->id, store_mirror_note(sessions->table, &changed));
}

int sessions_bind(struct sessions *sessions, const char *id, const char *login_session)
{
        const struct session_record *session = sessions_get(sessions, id);

        if (!session || !session_is_open(session))
                return -ENOENT;
        struct session_record changed = *session;
        changed.login_session = (char *)login_session;
        sessions_change(sessions, &changed);
        return 0;
}

int sessions_end(struct sessions *sessions, const char *id, enum session_end how,
                 uint64_t revoke_until_sec, store_on_done on_done, void *userdata,
                 struct store_write **ret_write)
{
        const struct session_record *session = sessions_get(sessions, id);

        if (!session)
                return -ENOENT;
        if (revoke_until_sec == 0)
                return store_mirror_remove(sessions->table, id, on_done, userdata, ret_write);
        struct session_record changed = *session;
        changed.ended_at_sec = sessions_now_sec(sessions);
        changed.end_reason = (char *)session_end_reason(how);
        changed.revoke_until_sec = revoke_until_sec;
        return store_mirror_put(sessions->table, &changed, on_done, userdata, ret_write);
}

void sessions_forget(struct sessions *sessions, const char *id)
{
        const struct session_record *session = store_mirror_get(sessions->table, id);

        if (!session || session->ended_at_sec == 0)
                return;
        int r = store_mirror_remove(sessions->table, id, NULL, NULL, NULL);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to forget session %s: %s, ignoring", id,
                         strerror(-r));
}

static bool is_equal(const char *a, const char *b)
{
        return a && b ? strcmp(a, b) == 0 : a == b;
}

void sessions_note_use(struct sessions *sessions, const char *id, const char *from)
{
        const struct session_record *session = sessions_get(sessions, id);
        uint64_t now_sec = sessions_now_sec(sessions);

        if (!session ||
            (now_sec < session->used_at_sec + USE_SEC && is_equal(session->used_from, from)))
                return;
        struct session_record changed = *session;
        changed.used_at_sec = now_sec;
        changed.used_from = (char *)from;
        sessions_change(sessions, &changed);
}

/* ---- the whole ---- */

int sessions_new(sd_event *event, struct store_mirror *table,
                 const struct sessions_listener *listener, struct sessions **ret_sessions)
{
        _cleanup_(sessions_freep) struct sessions *sessions = calloc(1, sizeof(*sessions));
        if (!sessions)
                return -ENOMEM;

        sessions->event = sd_event_ref(event);
        sessions->table = table;
        sessions->listener = *listener;
        boot_id_read(sessions->boot);
        *ret_sessions = TAKE_PTR(sessions);
        return 0;
}

struct sessions *sessions_free(struct sessions *sessions)
{
        if (!sessions)
                return NULL;
        sd_event_source_disable_unref(sessions->timer);
        sd_event_unref(sessions->event);
        free(sessions);
        return NULL;
}
