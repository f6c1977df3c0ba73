/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "own-tokens.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "log.h"

static bool is_equal(const char *a, const char *b)
{
        return a && b && strcmp(a, b) == 0;
}

static bool is_of(const struct session_record *session, uid_t uid)
{
        return session_is_open(session) && session->uid == uid && uid != (uid_t)SESSION_NO_UID;
}

/* The account is open to this one identity, as far as the rules go. */
static bool is_personal(const struct granted_logins *logins, const struct session_record *session)
{
        const struct authority *authority = granted_logins_authority(logins, session);

        return authority && account_is_personal(&authority->rules, session->account);
}

/* Where several people have one uid, the tokens of one are not for the others, and who of them asks
 * is not known. */
static bool is_shared(const struct granted_logins *logins, const struct session_record *session)
{
        const struct sessions *sessions = granted_logins_sessions(logins);
        const struct session_record *other = NULL;

        while ((other = sessions_next(sessions, other)))
                if (is_of(other, (uid_t)session->uid) &&
                    (!is_personal(logins, other) || !is_equal(other->issuer, session->issuer) ||
                     !is_equal(other->subject, session->subject)))
                        return true;
        return false;
}

/* What somebody wants with tokens. */
enum token_use {
        TOKEN_TO_GIVE,
        TOKEN_TO_END
};

/* NULL when the session has one for that, else why not. */
static const char *find_objection(const struct granted_logins *logins,
                                  const struct session_record *session, enum token_use use)
{
        const struct authority *authority = token_keeper_authority(granted_logins_keeper(logins),
                                                                   session->id);

        if (is_shared(logins, session))
                return "Several people may use this account.";
        if (!authority)
                return "No tokens are kept of your sessions.";
        if (use == TOKEN_TO_END)
                return NULL;
        if (!provider_settings(authority->provider)->tokens_for_people)
                return "The administrator gives out no tokens of this identity provider.";
        if (session->dpop_key)
                return "Your tokens are bound to badged and can be used by nobody else.";
        return NULL;
}

/* By the uid, for a name may go to somebody else while a session is open, and two names may have
 * one uid. The youngest comes last. */
static const struct session_record *find_session(const struct granted_logins *logins,
                                                 const char *account, uid_t uid, enum token_use use,
                                                 const char **ret_sentence)
{
        const struct sessions *sessions = granted_logins_sessions(logins);
        const struct session_record *session = NULL, *found = NULL;
        const char *youngest = "You have no open session here.";

        while ((session = sessions_next(sessions, session))) {
                if (!is_of(session, uid) || strcmp(session->account, account) != 0)
                        continue;
                const char *objection = find_objection(logins, session, use);
                if (objection)
                        youngest = objection;
                else
                        found = session;
        }
        *ret_sentence = youngest;
        return found;
}

static void write_journal(const char *account, uid_t caller_uid,
                          const struct session_record *session, const char *reason)
{
        const struct log_decision decision = {
                .event = LOG_EVENT_TOKEN,
                .outcome = session ? LOGIN_GRANTED : LOGIN_REFUSED,
                .account = account,
                .caller_uid = caller_uid,
                .provider = session ? session->provider : NULL,
                .issuer = session ? session->issuer : NULL,
                .subject = session ? session->subject : NULL,
                .login = session ? session->id : NULL,
                .session = session ? session->id : NULL,
                .reason = reason,
                .is_idle = !session,
        };
        log_decision(&decision);
}

int own_tokens_get(struct granted_logins *logins, const char *account, uid_t caller_uid,
                   uint64_t min_lifetime_sec, token_on_answer on_answer, void *userdata,
                   struct token_wait **ret_wait, const char **ret_sentence)
{
        const char *sentence = NULL;
        const struct session_record *session = find_session(logins, account, caller_uid,
                                                            TOKEN_TO_GIVE, &sentence);

        if (!session) {
                write_journal(account, caller_uid, NULL, sentence);
                *ret_sentence = sentence;
                return -EACCES;
        }
        int r = token_keeper_get(granted_logins_keeper(logins), session->id, min_lifetime_sec,
                                 on_answer, userdata, ret_wait);
        if (r < 0)
                return r;
        write_journal(account, caller_uid, session,
                      "the caller may have an access token of the own session");
        sessions_note_use(granted_logins_sessions(logins), session->id, session->used_from);
        return 0;
}

int own_tokens_end(struct granted_logins *logins, const char *account, uid_t caller_uid,
                   struct token_record *ret_record, const char **ret_sentence)
{
        const char *sentence = NULL;
        const struct session_record *session = find_session(logins, account, caller_uid,
                                                            TOKEN_TO_END, &sentence);

        if (!session) {
                write_journal(account, caller_uid, NULL, sentence);
                *ret_sentence = sentence;
                return -EACCES;
        }
        int r = token_keeper_read(granted_logins_keeper(logins), session->id, ret_record);
        if (r < 0)
                return r;
        write_journal(account, caller_uid, session,
                      "the caller ended the tokens of the own session");
        granted_logins_end_tokens(logins, session->id);
        return 0;
}
