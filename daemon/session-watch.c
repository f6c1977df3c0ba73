/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "session-watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "io/login-monitor.h"
#include "log.h"

struct session_watch {
        struct granted_logins *logins;
        struct login_monitor *monitor; /* NULL: there is no logind */
};

/* BOOT/audit/NUMBER or BOOT/logind/ID, as pam_badge says it: where logind can, it names its
 * sessions by the number, too. NULL: none. */
static const char *name_of(const struct session_record *session)
{
        static const char *const kinds[] = {"/audit/", "/logind/"};
        const char *text = session->login_session;

        for (size_t i = 0; text && i < ELEMENTSOF(kinds); i++) {
                const char *found = strstr(text, kinds[i]);
                const char *name = found ? found + strlen(kinds[i]) : NULL;
                if (name && *name && !strchr(name, '/'))
                        return name;
        }
        return NULL;
}

static void note(const struct session_watch *watch, const struct session_record *session,
                 const char *name)
{
        struct session_record changed = *session;

        changed.logind = (char *)name;
        sessions_change(granted_logins_sessions(watch->logins), &changed);
}

static void look_at(struct session_watch *watch, const struct session_record *session)
{
        const char *name = session->logind ? session->logind : name_of(session);

        if (!session_is_open(session) || !name || session->uid == SESSION_NO_UID)
                return;
        switch (login_presence_of(name, (uid_t)session->uid)) {
        case LOGIN_IS_THERE:
                if (!session->logind)
                        note(watch, session, name);
                return;
        case LOGIN_IS_GONE:
                if (session->logind)
                        (void)granted_logins_end(watch->logins, session->id, SESSION_VANISHED, NULL,
                                                 NULL, NULL);
                return;
        case LOGIN_IS_UNKNOWN:
                return;
        }
}

void session_watch_look(struct session_watch *watch)
{
        const struct session_record *session = NULL;

        while (watch->monitor &&
               (session = sessions_next(granted_logins_sessions(watch->logins), session)))
                look_at(watch, session);
}

static void on_change(void *userdata)
{
        session_watch_look(userdata);
}

int session_watch_new(sd_event *event, struct granted_logins *logins,
                      struct session_watch **ret_watch)
{
        _cleanup_(session_watch_freep) struct session_watch *watch = calloc(1, sizeof(*watch));
        if (!watch)
                return -ENOMEM;

        watch->logins = logins;
        int r = login_monitor_new(event, on_change, watch, &watch->monitor);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                log_line(LOG_DEBUG, "There is no logind to watch: %s", strerror(-r));
        *ret_watch = TAKE_PTR(watch);
        return 0;
}

struct session_watch *session_watch_free(struct session_watch *watch)
{
        if (!watch)
                return NULL;
        (void)login_monitor_free(watch->monitor);
        free(watch);
        return NULL;
}
