/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One attempt of one person to be let in: gets a proof of who they are, lets core/account-policy
 * decide, and has what was decided written down. A login that was granted went through
 * login_decide() and login_register(); there is no other way.
 *
 *   ASKING ─► SHOWING ─► VERIFYING ─► REGISTERING ─► ENDED      (from any state to ENDED)
 *        └─► OFFERING ┴─► PRESENTED ───────┘
 *
 * RECHECKING, before ASKING: an earlier session may answer for the account; then REGISTERING is
 * next. OFFERING: the provider cannot be asked, but there is something that may be shown in its
 * place. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "authority.h"
#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "common/secret.h"
#include "core/account-policy.h"
#include "core/identity.h"
#include "core/token-record.h"
#include "grant.h"
#include "login-request.h"
#include "login-sentence.h"
#include "recheck.h"

struct login;

/* Called from the loop, never from inside a call of the functions below. on_challenge at most once,
 * before on_end; on_end exactly once unless the login is freed first. Either may free the login. */
struct login_listener {
        void (*on_challenge)(struct login *login, void *userdata);
        void (*on_end)(struct login *login, void *userdata);
        void *userdata;
};

/* Has the last word. on_allowed is called at most once, from the loop: the rules let the identity
 * use the account; is it the one that the account belongs to, and can it be written down? To be
 * answered by login_register(), at once or later. on_forbidden instead, when they do not; there is
 * nothing to be decided any more, but login_refuse() may say why. */
struct login_registrar {
        void (*on_allowed)(struct login *login, void *userdata);
        void (*on_forbidden)(struct login *login, const struct identity *identity,
                             const struct account_verdict *verdict, void *userdata);
        void *userdata;
};

/* Knows what may be shown in place of the provider's proof: a ticket. */
struct login_presenter {
        /* The provider cannot be asked: is there something that could be shown? */
        bool (*is_wanted)(const struct login *login, void *userdata);
        /* It was shown; the secret is borrowed, the provider is not waited for any more. To be
         * answered by login_vouch(), at once or later. */
        void (*on_presented)(struct login *login, const struct secret *secret, void *userdata);
        void *userdata;
};

/* Borrowed during login_new(), but the authority until the login is freed. */
struct login_spec {
        sd_event *event;
        const struct authority *authority;
        const struct login_request *request;
        /* What may spare the person an approval; NULL: nothing. When it comes to nothing, may_ask()
         * says whether the provider may be asked: NULL, or why not, for the journal; static. */
        const struct recheck_spec *recheck;
        const char *(*may_ask)(const struct login *login, void *userdata);
        void *userdata;
        uint64_t timeout_usec;
        bool wants_code;  /* an approval alone is not enough: a one-time code goes with it */
        bool offers_code; /* where nobody can be asked, a one-time code may be shown */
        struct login_registrar registrar;
        struct login_presenter presenter;
        struct login_listener listener;
};

/* Starts at once. -EINVAL for a redirect_uri that does not lead to this machine. */
int login_new(const struct login_spec *spec, struct login **ret_login);

/* Cancels what is under way without a verdict to the listener. */
struct login *login_free(struct login *login);
DEFINE_CLEANUP(struct login *, login_free);

/* The registrar's answer: the only way to LOGIN_GRANTED. detail is for the journal, sentence for
 * the person; both may be NULL and are copied. False when the login has ended meanwhile: then it
 * was not granted. */
bool login_register(struct login *login, enum login_outcome outcome, const char *detail,
                    const char *sentence);

/* The presenter's answer. LOGIN_GRANTED says no more than that what was shown is good, of the type
 * ("ticket", static), and safe from being shown again: the registrar is asked next. All else ends
 * the login. The texts as those of login_register(). False when the login has ended meanwhile. */
bool login_vouch(struct login *login, enum login_outcome outcome, const char *type,
                 const char *detail, const char *sentence);

/* Somebody shows a secret in place of the provider's proof; or, where the login wants_code and this
 * is one, beside it: then that goes on. -EBUSY when this login waits for none, or had one; -ENOMEM.
 * What comes of it is the verdict. */
int login_present(struct login *login, const struct secret *secret);

/* The login is refused, whatever else happens. The texts as above. */
void login_refuse(struct login *login, const char *detail, const char *sentence);

/* The person waits for the verdict: polling may begin. */
void login_person_waits(struct login *login);

/* What the browser brought back to redirect_uri, without the question mark. -EBUSY when this login
 * waits for no such answer, or had one. */
int login_answer(struct login *login, const char *query);

/* Gives up; nothing after the end. */
void login_cancel(struct login *login);

/* badged is stopping: the login ends as unavailable, since nobody gave it up. */
void login_stop(struct login *login);

/* 16 random hexadecimal digits. */
const char *login_id(const struct login *login);
const char *login_account(const struct login *login);
/* As it was asked for; redirect_uri is NULL. */
const struct login_request *login_request(const struct login *login);
const struct authority *login_authority(const struct login *login);
const struct provider_settings *login_provider(const struct login *login);

/* "rechecking", "asking", "showing", "offering", "presented", "verifying", "registering" or
 * "ended". */
const char *login_state_word(const struct login *login);
/* When the code dies: CLOCK_REALTIME in microseconds, 0 when there is no code. */
uint64_t login_expires_at_usec(const struct login *login);

/* From on_challenge on. The picture is NULL when there is none to show. */
const struct grant_challenge *login_challenge(const struct login *login);
const char *login_picture(const struct login *login);
/* Nothing can be approved, but a secret may be presented: the challenge has but its time. */
bool login_wants_secret(const struct login *login);

/* A one-time code is wanted beside the approval. */
bool login_wants_code(const struct login *login);
/* Where login_wants_secret(): it may be a one-time code. */
bool login_offers_code(const struct login *login);
/* What was presented as such, and when (CLOCK_REALTIME): for the registrar to look at. NULL: there
 * is none. */
const struct secret *login_code(const struct login *login, uint64_t *ret_typed_at_sec);

bool login_has_ended(const struct login *login);

/* From the end on: the verdict, and a sentence about it for the person. */
enum login_outcome login_outcome(const struct login *login);
const char *login_reason(const struct login *login);
/* Who approved, and by which rule they may: of a login that is being registered, or was granted;
 * else NULL. */
const struct identity *login_identity(const struct login *login);
const struct account_verdict *login_verdict(const struct login *login);
/* What stood in the provider's place, as login_vouch() had it: then there is no identity. NULL: the
 * provider's proof. */
const char *login_substitute(const struct login *login);
/* Likewise the id of the session that answers for it, where login_substitute() is RECHECK_TYPE;
 * else NULL. */
const char *login_basis(const struct login *login);
/* Of such a login, once: the tokens as they are to be kept. As proof_take_tokens(). */
int login_take_tokens(struct login *login, struct token_record *ret_record);
