/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sessions.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-id128.h>

#include "common/text.h"

#define USEC_PER_SEC 1000000ULL
#define ID_DIGITS    16

struct sessions {
        struct session *first; /* youngest first */
        size_t n;
        void (*on_dropped)(const struct session *session, void *userdata);
        void *userdata;
};

int sessions_new(void (*on_dropped)(const struct session *session, void *userdata), void *userdata,
                 struct sessions **ret_sessions)
{
        struct sessions *sessions = calloc(1, sizeof(*sessions));
        if (!sessions)
                return -ENOMEM;

        sessions->on_dropped = on_dropped;
        sessions->userdata = userdata;
        *ret_sessions = sessions;
        return 0;
}

struct session *session_free(struct session *session)
{
        if (!session)
                return NULL;
        free(session->login);
        free(session->account);
        free(session->service);
        free(session->origin);
        free(session->provider);
        free(session->issuer);
        free(session->subject);
        free(session->id);
        free(session);
        return NULL;
}

struct sessions *sessions_free(struct sessions *sessions)
{
        if (!sessions)
                return NULL;
        while (sessions->first) {
                struct session *next = sessions->first->next;
                (void)session_free(sessions->first);
                sessions->first = next;
        }
        free(sessions);
        return NULL;
}

/* Takes what *link points to out of the list. */
static struct session *sessions_take(struct sessions *sessions, struct session **link)
{
        struct session *session = *link;
        *link = session->next;
        session->next = NULL;
        sessions->n--;
        return session;
}

static void sessions_drop(struct sessions *sessions, struct session **link)
{
        _cleanup_(session_freep) struct session *session = sessions_take(sessions, link);

        sessions->on_dropped(session, sessions->userdata);
}

static bool claim_is_late(const struct session *session, uint64_t now_usec)
{
        return now_usec - session->granted_at_usec > SESSION_CLAIM_SEC * USEC_PER_SEC;
}

static void sessions_drop_oldest(struct sessions *sessions)
{
        struct session **link = &sessions->first;

        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): called when there are too many */
        while ((*link)->next)
                link = &(*link)->next;
        sessions_drop(sessions, link);
}

/* The application asked for no session, or died. */
bool sessions_drop_unclaimed(struct sessions *sessions, uint64_t now_usec)
{
        struct session **link = &sessions->first;
        bool some_wait = false;

        while (*link)
                if (!(*link)->id && claim_is_late(*link, now_usec)) {
                        sessions_drop(sessions, link);
                } else {
                        some_wait = some_wait || !(*link)->id;
                        link = &(*link)->next;
                }
        return some_wait;
}

int sessions_add(struct sessions *sessions, const struct session *granted)
{
        _cleanup_(session_freep) struct session *session = calloc(1, sizeof(*session));
        if (!session)
                return -ENOMEM;

        session->granted_at_usec = granted->granted_at_usec;
        session->is_personal = granted->is_personal;
        if (text_copy(granted->login, &session->login) < 0 ||
            text_copy(granted->account, &session->account) < 0 ||
            text_copy(granted->service, &session->service) < 0 ||
            text_copy(granted->origin, &session->origin) < 0 ||
            text_copy(granted->provider, &session->provider) < 0 ||
            text_copy(granted->issuer, &session->issuer) < 0 ||
            text_copy(granted->subject, &session->subject) < 0)
                return -ENOMEM;

        (void)sessions_drop_unclaimed(sessions, granted->granted_at_usec);
        if (sessions->n >= SESSIONS_MAX)
                sessions_drop_oldest(sessions);
        session->next = sessions->first;
        sessions->first = TAKE_PTR(session);
        sessions->n++;
        return 0;
}

static int new_id(char **ret_id)
{
        sd_id128_t random;
        char *id;

        int r = sd_id128_randomize(&random);
        if (r < 0)
                return r;
        if (asprintf(&id, "%0*llx", ID_DIGITS, (unsigned long long)random.qwords[0]) < 0)
                return -ENOMEM;
        *ret_id = id;
        return 0;
}

int sessions_open(struct sessions *sessions, const char *login, const char *account, uid_t uid,
                  uint64_t now_usec, const struct session **ret_session)
{
        struct session **link = &sessions->first;

        while (*link && ((*link)->id || strcmp((*link)->login, login) != 0))
                link = &(*link)->next;
        if (!*link)
                return -ENOENT;

        struct session *session = *link;
        if (strcmp(session->account, account) != 0 || claim_is_late(session, now_usec))
                return -ENOENT;
        int r = new_id(&session->id);
        if (r < 0)
                return r;
        session->uid = uid;
        *ret_session = session;
        return 0;
}

struct session *sessions_close(struct sessions *sessions, const char *id)
{
        struct session **link = &sessions->first;

        while (*link && (!(*link)->id || strcmp((*link)->id, id) != 0))
                link = &(*link)->next;
        return *link ? sessions_take(sessions, link) : NULL;
}

const struct session *sessions_next(const struct sessions *sessions, uid_t uid,
                                    const struct session *after)
{
        const struct session *session = after ? after->next : sessions->first;

        while (session && (!session->id || session->uid != uid))
                session = session->next;
        return session;
}

void session_log(const struct session *session, enum log_event event)
{
        struct log_decision decision = {
                .event = event,
                .outcome = LOGIN_GRANTED,
                .account = session->account,
                .service = session->service,
                .origin = session->origin,
                .provider = session->provider,
                .issuer = session->issuer,
                .subject = session->subject,
                .login = session->login,
                .session = session->id,
        };
        log_decision(&decision);
}

size_t sessions_count(const struct sessions *sessions)
{
        size_t n = 0;

        for (const struct session *session = sessions->first; session; session = session->next)
                n += session->id != NULL;
        return n;
}
