/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "proof.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "approval.h"
#include "io/private-key.h"
#include "verification.h"

struct proof {
        sd_event *event;
        const struct authority *authority;
        const char *account;
        struct proof_listener listener;
        struct approval *approval;
        struct token_set tokens; /* from the approval on; erased unless they are kept */
        struct verification *verification;
};

static void end(struct proof *proof, enum login_outcome outcome, const char *detail)
{
        proof->listener.on_done(outcome == LOGIN_GRANTED ? LOGIN_REFUSED : outcome, NULL, detail,
                                proof->listener.userdata);
}

/* ---- 3. whose it is ---- */

static void on_verified(enum login_outcome outcome, struct identity *identity, const char *detail,
                        void *userdata)
{
        struct proof *proof = userdata;

        if (outcome == LOGIN_GRANTED && identity)
                proof->listener.on_done(LOGIN_GRANTED, identity, NULL, proof->listener.userdata);
        else
                end(proof, outcome, detail);
}

/* ---- 1. and 2.: the code is shown, tokens come ---- */

static void on_challenge(const struct grant_challenge *challenge, uint64_t expires_at_usec,
                         void *userdata)
{
        struct proof *proof = userdata;

        proof->listener.on_challenge(challenge, expires_at_usec, proof->listener.userdata);
}

static void on_tokens(struct token_set *tokens, void *userdata)
{
        struct proof *proof = userdata;

        proof->tokens = *tokens;
        *tokens = (struct token_set){0};
        proof->listener.on_approved(proof->listener.userdata);
        const struct verification_spec spec = {
                .event = proof->event,
                .authority = proof->authority,
                .account = proof->account,
                .tokens = &proof->tokens,
                .dpop = proof->tokens.is_bound ? approval_dpop(proof->approval) : NULL,
                .nonce = approval_nonce(proof->approval),
                .on_done = on_verified,
                .userdata = proof,
        };
        int r = verification_new(&spec, &proof->verification);
        if (r < 0)
                end(proof, LOGIN_UNAVAILABLE, strerror(-r));
}

static void on_failure(enum login_outcome outcome, const char *detail, void *userdata)
{
        end(userdata, outcome, detail);
}

/* ---- the outside ---- */

int proof_new(const struct proof_spec *spec, struct proof **ret_proof)
{
        _cleanup_(proof_freep) struct proof *proof = calloc(1, sizeof(*proof));
        if (!proof)
                return -ENOMEM;

        proof->event = sd_event_ref(spec->event);
        proof->authority = spec->authority;
        proof->account = spec->account;
        proof->listener = spec->listener;
        const struct approval_spec approval = {
                .event = spec->event,
                .provider = spec->authority->provider,
                .account = spec->account,
                .service = spec->service,
                .redirect_uri = spec->redirect_uri,
                .timeout_usec = spec->timeout_usec,
                .listener = {on_challenge, on_tokens, on_failure, proof},
        };
        int r = approval_new(&approval, &proof->approval);
        if (r < 0)
                return r;
        *ret_proof = TAKE_PTR(proof);
        return 0;
}

struct proof *proof_free(struct proof *proof)
{
        if (!proof)
                return NULL;
        (void)verification_free(proof->verification);
        (void)approval_free(proof->approval);
        token_set_finish(&proof->tokens);
        sd_event_unref(proof->event);
        free(proof);
        return NULL;
}

void proof_start(struct proof *proof)
{
        approval_start(proof->approval);
}

void proof_person_waits(struct proof *proof)
{
        approval_person_waits(proof->approval);
}

int proof_answer(struct proof *proof, const char *query)
{
        return approval_answer(proof->approval, query);
}

/* While the approval is being verified the grant is over already. */
void proof_cancel(struct proof *proof)
{
        approval_cancel(proof->approval);
        proof->verification = verification_free(proof->verification);
}

int proof_take_tokens(struct proof *proof, const struct identity *identity,
                      struct token_record *ret_record)
{
        const struct provider *provider = proof->authority->provider;
        _cleanup_secret_ struct secret *pem = NULL;
        int r = 0;

        if (!proof->tokens.access_token)
                return -ENOENT;
        if (proof->tokens.is_bound) {
                _cleanup_(private_key_freep) struct private_key *key = approval_take_dpop(
                        proof->approval);
                r = key ? private_key_to_secret(key, &pem) : -EIO;
        }
        if (r < 0)
                return r;
        return token_record_from_set(&proof->tokens, &pem, identity,
                                     provider_settings(provider)->scope, provider_now_sec(provider),
                                     ret_record);
}
