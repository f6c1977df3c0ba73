/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recheck-spec.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "session-hold.h"

int recheck_spec_copy(const struct recheck_spec *spec, struct recheck_spec *copy)
{
        *copy = (struct recheck_spec){.sources = spec->sources, .uid = spec->uid};
        if (text_copy(spec->account, (char **)&copy->account) < 0 ||
            text_copy(spec->service, (char **)&copy->service) < 0 ||
            text_copy(spec->login_session, (char **)&copy->login_session) < 0 ||
            text_copy(spec->provider, (char **)&copy->provider) < 0)
                return -ENOMEM;
        return 0;
}

void recheck_spec_finish(struct recheck_spec *copy)
{
        free((char *)copy->account);
        free((char *)copy->service);
        free((char *)copy->login_session);
        free((char *)copy->provider);
        *copy = (struct recheck_spec){0};
}

enum account_hold recheck_spec_hold(const struct recheck_spec *spec,
                                    const struct session_record *session)
{
        if (!session_is_open(session) || strcmp(session->account, spec->account) != 0 ||
            (session->type && strcmp(session->type, RECHECK_TYPE) == 0))
                return ACCOUNT_HOLD_NONE;
        if (spec->provider &&
            (!session->provider || strcmp(session->provider, spec->provider) != 0))
                return ACCOUNT_HOLD_NONE;
        if (spec->login_session &&
            (!session->login_session || strcmp(session->login_session, spec->login_session) != 0))
                return ACCOUNT_HOLD_NONE;
        enum account_hold hold = session_hold(session, spec->uid, spec->sources->authorities,
                                              spec->sources->state);
        /* Many may come in by a claim: one of them does not answer for whoever else comes. */
        return hold == ACCOUNT_HOLD_CLAIMS && !spec->login_session ? ACCOUNT_HOLD_NONE : hold;
}

struct proof_window recheck_spec_window(const struct recheck_spec *spec)
{
        const struct service_rules *rules = settings_service(spec->sources->settings,
                                                             spec->service);
        struct proof_window window = {.max_age_sec = rules->max_age_sec};

        switch (rules->offline) {
        case OFFLINE_ALLOW_FOR:
                window.offline_sec = rules->offline_for_sec;
                break;
        case OFFLINE_DENY:
        case OFFLINE_TOTP:
                break;
        }
        return window;
}

struct proof_standing recheck_spec_standing(const struct recheck_spec *spec,
                                            const struct session_record *session)
{
        bool claims_decide = recheck_spec_hold(spec, session) == ACCOUNT_HOLD_CLAIMS;

        return (struct proof_standing){
                .proved_at_sec = session->proved_at_sec,
                .now_sec = sessions_now_sec(spec->sources->sessions),
                .can_be_asked = token_keeper_authority(spec->sources->keeper, session->id) != NULL,
                .rules_since_sec = claims_decide ? spec->sources->rules_since_sec : 0,
        };
}
