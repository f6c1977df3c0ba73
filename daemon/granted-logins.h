/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is left of a login once it was granted: its session (sessions.h) and, where the settings
 * want it, its tokens (token-keeper.h), which live just as long; also over a restart. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "authorities.h"
#include "common/cleanup.h"
#include "login.h"
#include "sessions.h"
#include "token-keeper.h"

struct granted_logins;

/* Borrowed until the end, but the listener. on_end_login is called when a session was ended that
 * logind knows by that name, and the settings want the login session to end with it. */
struct granted_logins_spec {
        sd_event *event;
        struct store_mirror *table; /* of sessions */
        struct state *state;        /* for what the provider's word is worth to factors */
        const struct settings *settings;
        const struct authorities *authorities;
        void (*on_end_login)(const char *logind, void *userdata);
        void *userdata;
};

int granted_logins_new(const struct granted_logins_spec *spec, struct granted_logins **ret_logins);
/* Waits for tokens must be gone already. Sessions stay what they are, and no token is revoked. */
struct granted_logins *granted_logins_free(struct granted_logins *logins);
DEFINE_CLEANUP(struct granted_logins *, granted_logins_free);

/* Writes the login down, and its tokens if they are to be kept: then *ret_tokens has them, for one
 * of the next two, else it is empty. identity: the id of its row, or NULL. The rest as
 * sessions_add(). */
int granted_logins_add(struct granted_logins *logins, struct login *login, const char *identity,
                       store_on_done on_done, void *userdata, struct store_write **ret_write,
                       struct token_record *ret_tokens);
/* It is safe, and granted: its tokens are looked after from now on, and the account's factors have
 * the provider's word. Takes the tokens. */
void granted_logins_keep(struct granted_logins *logins, const struct login *login,
                         struct token_record *tokens);
/* It is not granted after all: there is no such session, and its tokens are revoked. Takes them. */
void granted_logins_take_back(struct granted_logins *logins, const struct login *login,
                              struct token_record *tokens);

/* A login that an earlier session answers for (login_basis()) is a session like that one, but for
 * the tokens, and used it. Not safe when this returns: what it rests on is. -ENOENT when that has
 * ended meanwhile. */
int granted_logins_follow(struct granted_logins *logins, const struct login *login);

/* As sessions_claim(); the journal is told. */
int granted_logins_open(struct granted_logins *logins, const char *id,
                        const struct session_claim *claim, store_on_done on_done, void *userdata,
                        struct store_write **ret_write);

/* Ends a login or session for good: its tokens are revoked, and the journal is told. -ENOENT when
 * there is none of that id. */
int granted_logins_end(struct granted_logins *logins, const char *id, enum session_end how,
                       store_on_done on_done, void *userdata, struct store_write **ret_write);

/* Likewise all of the account, or of everybody (NULL): *ret_n is how many. on_done is told of the
 * last; it is not called when there were none, nor when this fails: then some last. */
int granted_logins_end_all(struct granted_logins *logins, const char *account, enum session_end how,
                           store_on_done on_done, void *userdata, struct store_write **ret_write,
                           size_t *ret_n);

/* Ends the logins of the account that nobody has claimed yet, unless a session of it is open: how
 * many. */
size_t granted_logins_end_unclaimed(struct granted_logins *logins, const char *account);

/* Has the tokens of a session revoked, which stays as it is without them. */
void granted_logins_end_tokens(struct granted_logins *logins, const char *id);
/* They are revoked, or never will be: its row forgets them, or goes, if the session has ended. */
void granted_logins_forget_tokens(struct granted_logins *logins, const char *id);

struct sessions *granted_logins_sessions(const struct granted_logins *logins);
struct token_keeper *granted_logins_keeper(const struct granted_logins *logins);

/* Whose provider it is, as long as the settings still have it as it was; NULL. */
const struct authority *granted_logins_authority(const struct granted_logins *logins,
                                                 const struct session_record *session);
