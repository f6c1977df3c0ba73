/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "granted-logins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "log.h"
#include "sessions.h"

#define USEC_PER_SEC 1000000ULL

struct granted_logins {
        sd_event *event;
        struct sessions *sessions;
        struct token_keeper *keeper;
        sd_event_source *timer; /* on while a login waits to be claimed */
};

static uint64_t now_usec(const struct granted_logins *logins)
{
        uint64_t usec = 0;

        (void)sd_event_now(logins->event, CLOCK_BOOTTIME, &usec);
        return usec;
}

/* ---- logins that nobody claims ---- */

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static void arm_timer(struct granted_logins *logins)
{
        if (logins->timer && sd_event_source_get_enabled(logins->timer, NULL) > 0)
                return;
        logins->timer = sd_event_source_disable_unref(logins->timer);
        int r = sd_event_add_time_relative(logins->event, &logins->timer, CLOCK_BOOTTIME,
                                           (SESSION_CLAIM_SEC + 1) * USEC_PER_SEC, USEC_PER_SEC,
                                           on_timer, logins);
        if (r < 0 && r != -ESTALE)
                log_line(LOG_WARNING, "Failed to wait for claims of granted logins: %s, ignoring",
                         strerror(-r));
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct granted_logins *logins = userdata;

        if (sessions_drop_unclaimed(logins->sessions, now_usec(logins)))
                arm_timer(logins);
        return 0;
}

static void on_dropped(const struct session *session, void *userdata)
{
        struct granted_logins *logins = userdata;

        token_keeper_drop(logins->keeper, session->login);
}

/* ---- a login is granted ---- */

static int keep_tokens(struct granted_logins *logins, struct login *login)
{
        _cleanup_record_ struct token_record record = {0};

        int r = login_take_tokens(login, &record);
        if (r < 0)
                return r;
        return token_keeper_add(logins->keeper, login_id(login), login_authority(login), &record);
}

static int remember(struct granted_logins *logins, const struct login *login)
{
        const struct identity *identity = login_identity(login);
        const struct session granted = {
                .login = (char *)login_id(login),
                .account = (char *)login_account(login),
                .service = (char *)login_request(login)->service,
                .origin = (char *)login_request(login)->origin,
                .provider = identity->provider,
                .issuer = identity->issuer,
                .subject = identity->subject,
                .is_personal = account_is_personal(&login_authority(login)->rules,
                                                   login_account(login)),
                .granted_at_usec = now_usec(logins),
        };
        return sessions_add(logins->sessions, &granted);
}

void granted_logins_add(struct granted_logins *logins, struct login *login)
{
        int r = remember(logins, login);
        if (r < 0) {
                log_line(LOG_WARNING, "Failed to remember login %s: %s, ignoring", login_id(login),
                         strerror(-r));
                return;
        }
        arm_timer(logins);
        r = login_provider(login)->keep_tokens ? keep_tokens(logins, login) : 0;
        if (r < 0)
                log_line(LOG_WARNING, "Failed to keep the tokens of login %s: %s, ignoring",
                         login_id(login), strerror(-r));
}

/* ---- sessions ---- */

int granted_logins_open(struct granted_logins *logins, const char *login, const char *account,
                        uid_t uid, const char **ret_session)
{
        const struct session *session;

        int r = sessions_open(logins->sessions, login, account, uid, now_usec(logins), &session);
        if (r < 0)
                return r;
        session_log(session, LOG_EVENT_SESSION_OPENED);
        *ret_session = session->id;
        return 0;
}

int granted_logins_close(struct granted_logins *logins, const char *session_id)
{
        _cleanup_(session_freep) struct session *session = sessions_close(logins->sessions,
                                                                          session_id);
        if (!session)
                return -ENOENT;
        session_log(session, LOG_EVENT_SESSION_CLOSED);
        token_keeper_drop(logins->keeper, session->login);
        return 0;
}

size_t granted_logins_n_sessions(const struct granted_logins *logins)
{
        return sessions_count(logins->sessions);
}

/* ---- tokens for people ---- */

/* Where several people have one uid, the tokens of one are not for the others, and who of them asks
 * is not known. */
static bool is_shared(const struct granted_logins *logins, const struct session *session)
{
        const struct session *other = NULL;

        while ((other = sessions_next(logins->sessions, session->uid, other)))
                if (!other->is_personal || strcmp(other->issuer, session->issuer) != 0 ||
                    strcmp(other->subject, session->subject) != 0)
                        return true;
        return false;
}

/* What somebody wants with tokens. */
enum token_use {
        TOKEN_TO_GIVE,
        TOKEN_TO_END
};

/* NULL when the session has one for that, else why not. */
static const char *find_objection(struct granted_logins *logins, const struct session *session,
                                  enum token_use use)
{
        _cleanup_record_ struct token_record record = {0};
        const struct authority *authority = token_keeper_authority(logins->keeper, session->login);

        if (!authority || token_keeper_read(logins->keeper, session->login, &record) < 0)
                return "No tokens are kept of your sessions.";
        if (use == TOKEN_TO_END)
                return NULL;
        if (!provider_settings(authority->provider)->tokens_for_people)
                return "The administrator gives out no tokens of this identity provider.";
        if (record.dpop_key)
                return "Your tokens are bound to badged and can be used by nobody else.";
        return NULL;
}

static const struct session *find_session(struct granted_logins *logins, const char *account,
                                          uid_t uid, enum token_use use, const char **ret_sentence)
{
        const char *first = NULL;
        const struct session *session = NULL;

        while ((session = sessions_next(logins->sessions, uid, session))) {
                if (strcmp(session->account, account) != 0)
                        continue;
                const char *objection = is_shared(logins, session)
                                                ? "Several people may use this account."
                                                : find_objection(logins, session, use);
                if (!objection)
                        return session;
                first = first ? first : objection;
        }
        *ret_sentence = first ? first : "You have no open session here.";
        return NULL;
}

static void write_journal(const char *account, uid_t caller_uid, const struct session *session,
                          const char *reason)
{
        const struct log_decision decision = {
                .event = LOG_EVENT_TOKEN,
                .outcome = session ? LOGIN_GRANTED : LOGIN_REFUSED,
                .account = account,
                .caller_uid = caller_uid,
                .provider = session ? session->provider : NULL,
                .issuer = session ? session->issuer : NULL,
                .subject = session ? session->subject : NULL,
                .login = session ? session->login : NULL,
                .session = session ? session->id : NULL,
                .reason = reason,
        };
        log_decision(&decision);
}

int granted_logins_get_token(struct granted_logins *logins, const char *account, uid_t caller_uid,
                             uint64_t min_lifetime_sec, token_on_answer on_answer, void *userdata,
                             struct token_wait **ret_wait, const char **ret_sentence)
{
        const char *sentence = NULL;
        const struct session *session = find_session(logins, account, caller_uid, TOKEN_TO_GIVE,
                                                     &sentence);

        if (!session) {
                write_journal(account, caller_uid, NULL, sentence);
                *ret_sentence = sentence;
                return -EACCES;
        }
        int r = token_keeper_get(logins->keeper, session->login, min_lifetime_sec, on_answer,
                                 userdata, ret_wait);
        if (r < 0)
                return r;
        write_journal(account, caller_uid, session,
                      "the caller may have an access token of the own session");
        return 0;
}

int granted_logins_end_tokens(struct granted_logins *logins, const char *account, uid_t caller_uid,
                              struct token_record *ret_record, const char **ret_sentence)
{
        const char *sentence = NULL;
        const struct session *session = find_session(logins, account, caller_uid, TOKEN_TO_END,
                                                     &sentence);

        if (!session) {
                write_journal(account, caller_uid, NULL, sentence);
                *ret_sentence = sentence;
                return -EACCES;
        }
        int r = token_keeper_read(logins->keeper, session->login, ret_record);
        if (r < 0)
                return r;
        write_journal(account, caller_uid, session,
                      "the caller ended the tokens of the own session");
        token_keeper_drop(logins->keeper, session->login);
        return 0;
}

/* ---- the outside ---- */

int granted_logins_new(sd_event *event, struct granted_logins **ret_logins)
{
        _cleanup_(granted_logins_freep) struct granted_logins *logins = calloc(1, sizeof(*logins));
        if (!logins)
                return -ENOMEM;

        logins->event = sd_event_ref(event);
        int r = sessions_new(on_dropped, logins, &logins->sessions);
        if (r >= 0)
                r = token_keeper_new(event, &logins->keeper);
        if (r < 0)
                return r;
        *ret_logins = TAKE_PTR(logins);
        return 0;
}

struct granted_logins *granted_logins_free(struct granted_logins *logins)
{
        if (!logins)
                return NULL;
        sd_event_source_disable_unref(logins->timer);
        (void)sessions_free(logins->sessions);
        (void)token_keeper_free(logins->keeper);
        sd_event_unref(logins->event);
        free(logins);
        return NULL;
}
