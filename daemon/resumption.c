/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resumption.h"

#include <string.h>
#include <syslog.h>

#include "granted-logins.h"
#include "log.h"

static void go_on_with_tokens(struct granted_logins *logins, const struct session_record *session)
{
        const struct authority *authority = granted_logins_authority(logins, session);

        if (!session->refresh_token || !authority ||
            !provider_settings(authority->provider)->keep_tokens)
                return;
        int r = token_keeper_add(granted_logins_keeper(logins), session->id, authority, NULL);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to keep the tokens of login %s: %s, ignoring",
                         session->id, strerror(-r));
}

static void go_on_revoking(struct granted_logins *logins, const struct session_record *session)
{
        const struct authority *authority = granted_logins_authority(logins, session);
        _cleanup_record_ struct token_record record = {0};

        if (authority && token_store_read(session, &record) >= 0 &&
            token_keeper_revoke(granted_logins_keeper(logins), authority, session->id, &record,
                                session->revoke_until_sec))
                return;
        granted_logins_forget_tokens(logins, session->id);
}

void resumption_start(struct granted_logins *logins)
{
        struct sessions *sessions = granted_logins_sessions(logins);
        const struct session_record *session = NULL;

        while ((session = sessions_next_ended(sessions, session)))
                go_on_revoking(logins, session);
        while ((session = sessions_next(sessions, session)))
                if (session->revoke_until_sec > 0)
                        go_on_revoking(logins, session);
                else
                        go_on_with_tokens(logins, session);
        sessions_start(sessions);
}
