/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One attempt of one person to be let in: carries out what core/device-flow asks for, has the
 * tokens verified, and lets core/account-policy decide. A login that was granted went through
 * login_decide(); there is no other way.
 *
 *   ASKING ─► SHOWING ─► VERIFYING ─► ENDED      (from any state to ENDED) */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "authority.h"
#include "common/cleanup.h"
#include "common/login-outcome.h"
#include "core/account-policy.h"
#include "core/identity.h"
#include "core/qr-text.h"
#include "core/token-record.h"
#include "grant.h"
#include "login-sentence.h"

struct login;

/* What the caller tells of the attempt. Borrowed during login_new(). */
struct login_request {
        const char *account, *service;
        const char *origin;       /* remote host or terminal; may be NULL */
        const char *source;       /* whom the limits count it against; not NULL */
        const char *requested_by; /* who called sudo or su, says the application; may be NULL */
        const char *prior;        /* factors passed before, says the application; may be NULL */
        uid_t caller_uid;         /* of whoever asks on the bus; for the journal, too */
        const char
                *redirect_uri; /* a browser here approves and comes back to it; NULL: none does */
        enum qr_style qr;
        unsigned columns, lines; /* of the window that shows the code; 0: unknown */
};

/* Called from the loop, never from inside a call of the functions below. on_challenge at most once,
 * before on_end; on_end exactly once unless the login is freed first. Either may free the login. */
struct login_listener {
        void (*on_challenge)(struct login *login, void *userdata);
        void (*on_end)(struct login *login, void *userdata);
        void *userdata;
};

/* Starts at once. The authority is borrowed until the login is freed. -EINVAL for a redirect_uri
 * that does not lead to this machine. */
int login_new(sd_event *event, const struct authority *authority,
              const struct login_request *request, uint64_t timeout_usec,
              const struct login_listener *listener, struct login **ret_login);

/* Cancels what is under way without a verdict to the listener. */
struct login *login_free(struct login *login);
DEFINE_CLEANUP(struct login *, login_free);

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
const char *login_service(const struct login *login);
const char *login_source(const struct login *login);
const char *login_origin(const struct login *login);
const struct authority *login_authority(const struct login *login);
const struct provider_settings *login_provider(const struct login *login);

/* "asking", "showing", "verifying" or "ended". */
const char *login_state_word(const struct login *login);
/* When the code dies: CLOCK_REALTIME in microseconds, 0 when there is no code. */
uint64_t login_expires_at_usec(const struct login *login);

/* From on_challenge on. The picture is NULL when there is none to show. */
const struct grant_challenge *login_challenge(const struct login *login);
const char *login_picture(const struct login *login);

bool login_has_ended(const struct login *login);

/* From the end on: the verdict, and a sentence about it for the person. */
enum login_outcome login_outcome(const struct login *login);
const char *login_reason(const struct login *login);
/* Who approved, and by which rule they may: only of a granted login, else NULL. */
const struct identity *login_identity(const struct login *login);
const struct account_verdict *login_verdict(const struct login *login);
/* Of a granted login, once: the tokens as they are to be kept. 0 and the record; -ENOENT when there
 * are none, or no longer; -ENOMEM, or -EIO when the key that they are bound to cannot be kept. */
int login_take_tokens(struct login *login, struct token_record *ret_record);
