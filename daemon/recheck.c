/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "recheck.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim-check.h"
#include "factors.h"

/* An account with more sessions than this that say nothing is one whose provider says nothing. */
#define TRIED_MAX 8

struct recheck {
        struct recheck_spec spec; /* with own texts */
        recheck_on_done on_done;
        void *userdata;
        sd_event_source *start;
        struct token_wait *wait;
        char session[STATE_ID_DIGITS + 1]; /* that is being asked about */
        char tried[TRIED_MAX][STATE_ID_DIGITS + 1];
        size_t n_tried;
        struct claim_check *claims;
        bool was_refused, was_silent, was_short;
};

/* ---- which session ---- */

static bool was_tried(const struct recheck *recheck, const struct session_record *session)
{
        for (size_t i = 0; i < recheck->n_tried; i++)
                if (strcmp(recheck->tried[i], session->id) == 0)
                        return true;
        return false;
}

/* The one that was proved last; recheck, which may be NULL, knows those that are not it. */
static const struct session_record *find(const struct recheck_spec *spec,
                                         const struct recheck *recheck)
{
        const struct session_record *session = NULL, *best = NULL;

        while ((session = sessions_next(spec->sources->sessions, session)))
                if (recheck_spec_hold(spec, session) != ACCOUNT_HOLD_NONE &&
                    !(recheck && was_tried(recheck, session)) &&
                    (!best || session->proved_at_sec >= best->proved_at_sec))
                        best = session;
        return best;
}

const struct session_record *recheck_find(const struct recheck_spec *spec)
{
        return find(spec, NULL);
}

/* ---- the end ---- */

static void finish(struct recheck *recheck, const struct session_record *session,
                   const char *detail)
{
        enum recheck_end end = session                ? RECHECK_STANDS
                               : recheck->was_refused ? RECHECK_REFUSED
                               : recheck->was_silent  ? RECHECK_UNREACHABLE
                                                      : RECHECK_NOTHING;

        recheck->on_done(end, session, detail, recheck->userdata);
}

static const char *failure_of(const struct recheck *recheck)
{
        if (recheck->was_refused)
                return "the provider does not renew the session any more";
        if (recheck->was_silent)
                return "the provider cannot be asked about the session";
        return recheck->was_short ? "the provider does not say anew that the rules give the account"
                                  : "no session answers for the account";
}

/* ---- one session after the other ---- */

static void step(struct recheck *recheck);

static void dismiss(struct recheck *recheck)
{
        memcpy(recheck->tried[recheck->n_tried++], recheck->session, sizeof(recheck->session));
        step(recheck);
}

static void renew_proof(struct recheck *recheck, const struct session_record *session)
{
        const struct recheck_sources *sources = recheck->spec.sources;
        struct session_record changed = *session;

        changed.proved_at_sec = sessions_now_sec(sources->sessions);
        sessions_change(sources->sessions, &changed);
        factors_prove(sources->state, session->account, changed.proved_at_sec);
}

static enum proof_answer answer_of(enum token_answer answer)
{
        switch (answer) {
        case TOKEN_VALID:
                return PROOF_SAID_YES;
        case TOKEN_OVER:
                return PROOF_SAID_NO;
        case TOKEN_TOO_SHORT:
        case TOKEN_EXPIRED:
        case TOKEN_UNAVAILABLE:
                break;
        }
        return PROOF_SAID_NOTHING;
}

/* The session may have ended meanwhile, by whatever: then it answers for nobody. */
static const struct session_record *asked_session(const struct recheck *recheck)
{
        const struct session_record *session = sessions_get(recheck->spec.sources->sessions,
                                                            recheck->session);

        return session && recheck_spec_hold(&recheck->spec, session) != ACCOUNT_HOLD_NONE ? session
                                                                                          : NULL;
}

static void settle(struct recheck *recheck, enum proof_answer answer)
{
        const struct session_record *session = asked_session(recheck);
        enum proof_verdict verdict = answer == PROOF_SAID_NO ? PROOF_OVER : PROOF_SILENT;

        if (session) {
                const struct proof_window window = recheck_spec_window(&recheck->spec);
                const struct proof_standing standing = recheck_spec_standing(&recheck->spec,
                                                                             session);
                verdict = proof_window_settle(&window, &standing, answer);
        }
        switch (verdict) {
        case PROOF_COUNTS:
                if (answer == PROOF_SAID_YES)
                        renew_proof(recheck, session);
                finish(recheck, session,
                       answer == PROOF_SAID_YES
                               ? "the provider renewed the session"
                               : "the provider is out of reach, and its last word still counts");
                return;
        case PROOF_OVER:
                recheck->was_refused = true;
                break;
        case PROOF_SHORT:
                recheck->was_short = true;
                break;
        case PROOF_ASK:
        case PROOF_SILENT:
                recheck->was_silent = true;
                break;
        }
        dismiss(recheck);
}

static bool is_same_person(const struct session_record *a, const struct session_record *b)
{
        return a->issuer && b->issuer && strcmp(a->issuer, b->issuer) == 0 && a->subject &&
               b->subject && strcmp(a->subject, b->subject) == 0 &&
               strcmp(a->account, b->account) == 0;
}

/* Its word of before counts no longer, for none of the person's sessions: not within max_age, and
 * not for whoever sees to it that the provider is out of reach next. The one that was asked about
 * comes last, because the others are held against it. */
static void void_proofs(const struct recheck *recheck)
{
        const struct recheck_sources *sources = recheck->spec.sources;
        const struct session_record *asked = asked_session(recheck), *session = NULL;

        if (!asked)
                return;
        while ((session = sessions_next(sources->sessions, session)))
                if (session != asked && is_same_person(session, asked))
                        sessions_void_proof(sources->sessions, session);
        sessions_void_proof(sources->sessions, asked);
        factors_prove(sources->state, recheck->spec.account, 0);
}

static void on_claims(enum claim_answer answer, void *userdata)
{
        struct recheck *recheck = userdata;

        recheck->claims = claim_check_free(recheck->claims);
        switch (answer) {
        case CLAIMS_SAY_YES:
                settle(recheck, PROOF_SAID_YES);
                return;
        case CLAIMS_SAY_NO:
                void_proofs(recheck);
                break;
        case CLAIMS_SAY_NOTHING:
                break;
        }
        settle(recheck, PROOF_SAID_TOO_LITTLE);
}

/* The provider says yes; now it is the rules' turn. */
static void look_at_claims(struct recheck *recheck, const struct session_record *session,
                           const struct token_record *record)
{
        const struct recheck_sources *sources = recheck->spec.sources;

        int r = claim_check_new(sources->event,
                                authorities_find(sources->authorities, session->provider),
                                session->account, record, on_claims, recheck, &recheck->claims);
        if (r < 0)
                settle(recheck, PROOF_SAID_TOO_LITTLE);
}

static void on_answer(enum token_answer answer, const struct token_record *record, void *userdata)
{
        struct recheck *recheck = userdata;
        const struct session_record *session = asked_session(recheck);

        recheck->wait = token_wait_free(recheck->wait);
        if (answer == TOKEN_VALID && session &&
            recheck_spec_hold(&recheck->spec, session) == ACCOUNT_HOLD_CLAIMS)
                look_at_claims(recheck, session, record);
        else
                settle(recheck, answer_of(answer));
}

static void ask(struct recheck *recheck, const struct session_record *session)
{
        int r = token_keeper_renew(recheck->spec.sources->keeper, session->id, on_answer, recheck,
                                   &recheck->wait);

        if (r >= 0)
                return;
        recheck->was_silent = true;
        dismiss(recheck);
}

static void step(struct recheck *recheck)
{
        const struct recheck_spec *spec = &recheck->spec;
        const struct session_record *session = NULL;

        if (recheck->n_tried < TRIED_MAX)
                session = find(spec, recheck);
        if (!session) {
                finish(recheck, NULL, failure_of(recheck));
                return;
        }
        (void)snprintf(recheck->session, sizeof(recheck->session), "%s", session->id);
        const struct proof_window window = recheck_spec_window(spec);
        const struct proof_standing standing = recheck_spec_standing(spec, session);
        switch (proof_window_look(&window, &standing)) {
        case PROOF_COUNTS:
                finish(recheck, session, "the provider's last word for the session still counts");
                return;
        case PROOF_ASK:
                ask(recheck, session);
                return;
        case PROOF_SILENT:
        case PROOF_SHORT:
        case PROOF_OVER:
                dismiss(recheck);
                return;
        }
}

static int on_start(sd_event_source *source, void *userdata)
{
        struct recheck *recheck = userdata;

        recheck->start = sd_event_source_disable_unref(recheck->start);
        step(recheck);
        return 0;
}

/* ---- from the outside ---- */

int recheck_new(const struct recheck_spec *spec, recheck_on_done on_done, void *userdata,
                struct recheck **ret_recheck)
{
        _cleanup_(recheck_freep) struct recheck *recheck = calloc(1, sizeof(*recheck));
        if (!recheck)
                return -ENOMEM;

        recheck->on_done = on_done;
        recheck->userdata = userdata;
        int r = recheck_spec_copy(spec, &recheck->spec);
        if (r < 0)
                return r;
        r = sd_event_add_defer(spec->sources->event, &recheck->start, on_start, recheck);
        if (r < 0)
                return r;
        *ret_recheck = TAKE_PTR(recheck);
        return 0;
}

struct recheck *recheck_free(struct recheck *recheck)
{
        if (!recheck)
                return NULL;
        (void)sd_event_source_disable_unref(recheck->start);
        (void)token_wait_free(recheck->wait);
        (void)claim_check_free(recheck->claims);
        recheck_spec_finish(&recheck->spec);
        free(recheck);
        return NULL;
}
