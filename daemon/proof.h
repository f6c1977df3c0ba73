/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One person's proof by a provider, for one login: the approval is got, its tokens are fetched and
 * verified, and whose they are is told. Whether that person may be the account is not asked here.
 */
#pragma once

#include "authority.h"
#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/identity.h"
#include "core/token-record.h"
#include "grant.h"

struct proof;

/* Called from the loop, in this order, each at most once; on_done is the end, and on_approved does
 * not come before every end. None of them may free the proof. */
struct proof_listener {
        void (*on_challenge)(const struct grant_challenge *challenge, uint64_t expires_at_usec,
                             void *userdata);
        void (*on_approved)(void *userdata); /* whose approval is it? */
        /* LOGIN_GRANTED means only that identity is verified; it is given to the callee. Otherwise
         * identity is NULL, and detail is for the journal (valid during the call) or NULL. */
        void (*on_done)(enum login_outcome outcome, struct identity *identity, const char *detail,
                        void *userdata);
        void *userdata;
};

struct proof_spec {
        sd_event *event;
        const struct authority *authority; /* borrowed */
        const char *account, *service;     /* borrowed */
        const char *redirect_uri;          /* as in approval.h */
        uint64_t timeout_usec;
        struct proof_listener listener;
};

/* Nothing is sent before proof_start(). As approval_new(). */
int proof_new(const struct proof_spec *spec, struct proof **ret_proof);
/* Cancels without a word to the listener, and erases tokens that nobody took. */
struct proof *proof_free(struct proof *proof);
DEFINE_CLEANUP(struct proof *, proof_free);

void proof_start(struct proof *proof);
void proof_person_waits(struct proof *proof);
int proof_answer(struct proof *proof, const char *query);

/* Nothing is asked any more; of the listener, on_done may hear LOGIN_CANCELLED. */
void proof_cancel(struct proof *proof);

/* The tokens that the proof came by, once, as they are to be kept for that identity. -ENOENT when
 * there are none, or no longer; -ENOMEM; -EIO when the key that they are bound to cannot be kept.
 */
int proof_take_tokens(struct proof *proof, const struct identity *identity,
                      struct token_record *ret_record);
