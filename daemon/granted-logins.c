/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "granted-logins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "factors.h"
#include "log.h"
#include "session-draft.h"

struct granted_logins {
        struct granted_logins_spec spec;
        struct sessions *sessions;
        struct token_keeper *keeper;
};

static void write_journal(const struct session_record *session, enum log_event event,
                          const char *reason)
{
        const struct log_decision decision = {
                .event = event,
                .outcome = LOGIN_GRANTED,
                .account = session->account,
                .service = session->service,
                .origin = session->remote_host ? session->remote_host : session->terminal,
                .caller_uid = LOG_NO_UID,
                .provider = session->provider,
                .issuer = session->issuer,
                .subject = session->subject,
                .login = session->id,
                .session = session->id,
                .reason = reason,
        };
        log_decision(&decision);
}

/* ---- the end ---- */

/* Whether the login session that is still there ends with it. */
static bool takes_login_along(enum session_end how)
{
        switch (how) {
        case SESSION_EXPIRED:
        case SESSION_ENDED_BY_OWNER:
        case SESSION_ENDED_BY_ADMIN:
        case SESSION_REFUSED:
                return true;
        case SESSION_CLOSED:
        case SESSION_UNCLAIMED:
        case SESSION_UNWANTED:
        case SESSION_CROWDED_OUT:
        case SESSION_VANISHED:
                return false;
        }
        return false;
}

static int end_session(struct granted_logins *logins, const struct session_record *session,
                       enum session_end how, uint64_t revoke_until_sec, store_on_done on_done,
                       void *userdata, struct store_write **ret_write)
{
        const struct granted_logins_spec *spec = &logins->spec;

        /* Of a session whose end cannot be written down, too. */
        if (how == SESSION_REFUSED) {
                sessions_void_proof(logins->sessions, session);
                factors_prove(spec->state, session->account, 0);
        }
        int r = sessions_end(logins->sessions, session->id, how, revoke_until_sec, on_done,
                             userdata, ret_write);
        if (r < 0) {
                log_line(LOG_ERR, "Failed to end session %s: %s", session->id, strerror(-r));
                return r;
        }
        if (session->opened_at_sec > 0)
                write_journal(session, LOG_EVENT_SESSION_CLOSED, session_end_reason(how));
        if (session->logind && spec->settings->ends_login && takes_login_along(how))
                spec->on_end_login(session->logind, spec->userdata);
        return 0;
}

void granted_logins_take_back(struct granted_logins *logins, const struct login *login,
                              struct token_record *tokens)
{
        const char *id = login_id(login);
        uint64_t until_sec = sessions_now_sec(logins->sessions) + TOKEN_REVOKE_FOR_SEC;
        bool is_revoking = token_keeper_revoke(logins->keeper, login_authority(login), id, tokens,
                                               until_sec);
        const struct session_record *session = sessions_get(logins->sessions, id);

        if (session)
                (void)end_session(logins, session, SESSION_UNWANTED, is_revoking ? until_sec : 0,
                                  NULL, NULL, NULL);
}

/* ---- a login is granted ---- */

/* Without them the login stands all the same: a failure is in the journal. */
static bool lend_tokens(const struct granted_logins *logins, struct login *login,
                        struct token_record *record, struct session_record *session)
{
        if (!login_provider(login)->keep_tokens || !login_identity(login))
                return false;
        int r = login_take_tokens(login, record);
        if (r >= 0)
                r = token_keeper_lend(logins->keeper, record, session);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to keep the tokens of login %s: %s, ignoring",
                         login_id(login), strerror(-r));
        return r >= 0;
}

static int draft_session(const struct granted_logins *logins, const struct login *login,
                         struct session_draft *draft)
{
        return session_draft_init(draft, login, logins->spec.settings->session_lifetime_sec,
                                  sessions_now_sec(logins->sessions));
}

int granted_logins_add(struct granted_logins *logins, struct login *login, const char *identity,
                       store_on_done on_done, void *userdata, struct store_write **ret_write,
                       struct token_record *ret_tokens)
{
        _cleanup_record_ struct token_record record = {0};
        _cleanup_draft_ struct session_draft draft = {0};

        int r = draft_session(logins, login, &draft);
        if (r < 0)
                return r;
        draft.record.identity = (char *)identity;
        bool has_tokens = lend_tokens(logins, login, &record, &draft.record);
        r = sessions_add(logins->sessions, &draft.record, on_done, userdata, ret_write);
        if (r < 0) {
                granted_logins_take_back(logins, login, &record);
                return r;
        }
        if (!has_tokens)
                return 0;
        *ret_tokens = record;
        record = (struct token_record){0};
        return 0;
}

void granted_logins_keep(struct granted_logins *logins, const struct login *login,
                         struct token_record *tokens)
{
        if (login_identity(login))
                factors_prove(logins->spec.state, login_account(login),
                              sessions_now_sec(logins->sessions));
        if (tokens->access_token) {
                int r = token_keeper_add(logins->keeper, login_id(login), login_authority(login),
                                         tokens->access_token);
                if (r < 0)
                        log_line(LOG_WARNING, "Failed to keep the tokens of login %s: %s, ignoring",
                                 login_id(login), strerror(-r));
        }
        token_record_finish(tokens);
}

/* ---- a login is granted by an earlier one ---- */

int granted_logins_follow(struct granted_logins *logins, const struct login *login)
{
        const struct session_record *basis = sessions_get(logins->sessions, login_basis(login));
        _cleanup_draft_ struct session_draft draft = {0};

        if (!basis)
                return -ENOENT;
        int r = draft_session(logins, login, &draft);
        if (r < 0)
                return r;
        session_draft_follow(&draft, basis);
        r = sessions_add(logins->sessions, &draft.record, NULL, NULL, NULL);
        if (r >= 0)
                sessions_note_use(logins->sessions, basis->id, login_request(login)->origin);
        return r;
}

/* ---- sessions ---- */

int granted_logins_open(struct granted_logins *logins, const char *id,
                        const struct session_claim *claim, store_on_done on_done, void *userdata,
                        struct store_write **ret_write)
{
        int r = sessions_claim(logins->sessions, id, claim, on_done, userdata, ret_write);
        if (r < 0)
                return r;
        write_journal(sessions_get(logins->sessions, id), LOG_EVENT_SESSION_OPENED, NULL);
        return 0;
}

int granted_logins_end(struct granted_logins *logins, const char *id, enum session_end how,
                       store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        const struct session_record *session = sessions_get(logins->sessions, id);

        if (!session)
                return -ENOENT;
        uint64_t until_sec = sessions_now_sec(logins->sessions) + TOKEN_REVOKE_FOR_SEC;
        bool is_revoking = token_keeper_drop(logins->keeper, id, until_sec);
        return end_session(logins, session, how,
                           is_revoking ? until_sec : session->revoke_until_sec, on_done, userdata,
                           ret_write);
}

/* The writes are done in order: when the last is safe, all are. */
int granted_logins_end_all(struct granted_logins *logins, const char *account, enum session_end how,
                           store_on_done on_done, void *userdata, struct store_write **ret_write,
                           size_t *ret_n)
{
        const struct session_record *session = NULL, *last = NULL;
        size_t n = 0;
        int r = 0;

        while ((session = sessions_next(logins->sessions, session))) {
                if (account && strcmp(session->account, account) != 0)
                        continue;
                if (last) {
                        int ended = granted_logins_end(logins, last->id, how, NULL, NULL, NULL);
                        r = r < 0 ? r : ended;
                        n++;
                }
                last = session;
        }
        if (last) {
                bool is_told = r >= 0;
                int ended = granted_logins_end(logins, last->id, how, is_told ? on_done : NULL,
                                               userdata, is_told ? ret_write : NULL);
                r = r < 0 ? r : ended;
                n++;
        }
        if (r < 0)
                return r;
        *ret_n = n;
        return 0;
}

size_t granted_logins_end_unclaimed(struct granted_logins *logins, const char *account)
{
        size_t n = 0;

        for (const struct session_record *session = NULL;
             (session = sessions_next(logins->sessions, session));)
                if (strcmp(session->account, account) == 0 && session_is_open(session))
                        return 0;
        (void)granted_logins_end_all(logins, account, SESSION_ENDED_BY_ADMIN, NULL, NULL, NULL, &n);
        return n;
}

static void forget_tokens(struct granted_logins *logins, const struct session_record *session)
{
        struct session_record changed = *session;

        changed.refresh_token = changed.id_token = changed.dpop_key = NULL;
        changed.tokens_granted_at_sec = changed.tokens_expire_at_sec = 0;
        changed.refresh_in_doubt = false;
        changed.revoke_until_sec = 0;
        sessions_change(logins->sessions, &changed);
}

/* Until they are revoked the row has them still, for a restart to find. */
void granted_logins_end_tokens(struct granted_logins *logins, const char *id)
{
        uint64_t until_sec = sessions_now_sec(logins->sessions) + TOKEN_REVOKE_FOR_SEC;
        bool is_revoking = token_keeper_drop(logins->keeper, id, until_sec);
        const struct session_record *session = sessions_get(logins->sessions, id);

        if (!session)
                return;
        if (!is_revoking) {
                forget_tokens(logins, session);
                return;
        }
        struct session_record changed = *session;
        changed.revoke_until_sec = until_sec;
        sessions_change(logins->sessions, &changed);
}

void granted_logins_forget_tokens(struct granted_logins *logins, const char *id)
{
        const struct session_record *session = sessions_get(logins->sessions, id);

        if (session)
                forget_tokens(logins, session);
        else
                sessions_forget(logins->sessions, id);
}

struct sessions *granted_logins_sessions(const struct granted_logins *logins)
{
        return logins->sessions;
}

struct token_keeper *granted_logins_keeper(const struct granted_logins *logins)
{
        return logins->keeper;
}

/* Tokens are shown to nobody but the provider that gave them, by the client that got them. */
const struct authority *granted_logins_authority(const struct granted_logins *logins,
                                                 const struct session_record *session)
{
        const struct authority *authority = authorities_find(logins->spec.authorities,
                                                             session->provider);
        if (!authority || !session->issuer || !session->client_id)
                return NULL;
        const struct provider_settings *settings = provider_settings(authority->provider);
        bool is_same = strcmp(settings->issuer, session->issuer) == 0 &&
                       strcmp(settings->client_id, session->client_id) == 0;
        return is_same ? authority : NULL;
}

/* ---- what ends by itself ---- */

static void on_due(const struct session_record *session, enum session_end how, void *userdata)
{
        (void)granted_logins_end(userdata, session->id, how, NULL, NULL, NULL);
}

static void on_over(const char *id, bool is_revoking, void *userdata)
{
        struct granted_logins *logins = userdata;
        const struct session_record *session = sessions_get(logins->sessions, id);
        uint64_t until_sec = sessions_now_sec(logins->sessions) + TOKEN_REVOKE_FOR_SEC;

        if (session)
                (void)end_session(logins, session, SESSION_REFUSED, is_revoking ? until_sec : 0,
                                  NULL, NULL, NULL);
}

static void on_revoked(const char *id, void *userdata)
{
        granted_logins_forget_tokens(userdata, id);
}

/* ---- the whole ---- */

int granted_logins_new(const struct granted_logins_spec *spec, struct granted_logins **ret_logins)
{
        _cleanup_(granted_logins_freep) struct granted_logins *logins = calloc(1, sizeof(*logins));
        if (!logins)
                return -ENOMEM;

        logins->spec = *spec;
        const struct sessions_listener sessions = {on_due, logins};
        int r = sessions_new(spec->event, spec->table, &sessions, &logins->sessions);
        if (r < 0)
                return r;
        const struct token_keeper_listener keeper = {on_over, on_revoked, logins};
        r = token_keeper_new(spec->event, spec->table, &keeper, &logins->keeper);
        if (r < 0)
                return r;
        *ret_logins = TAKE_PTR(logins);
        return 0;
}

struct granted_logins *granted_logins_free(struct granted_logins *logins)
{
        if (!logins)
                return NULL;
        (void)token_keeper_free(logins->keeper);
        (void)sessions_free(logins->sessions);
        free(logins);
        return NULL;
}
