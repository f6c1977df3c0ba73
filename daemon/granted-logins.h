/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is left of a login once it was granted: its session (sessions.h) and, where the settings
 * want it, its tokens (token-keeper.h), which live just as long. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "login.h"
#include "token-keeper.h"

struct granted_logins;

int granted_logins_new(sd_event *event, struct granted_logins **ret_logins);
/* Waits for tokens must be gone already. Sessions stay what they are to PAM, and no token is
 * revoked. */
struct granted_logins *granted_logins_free(struct granted_logins *logins);
DEFINE_CLEANUP(struct granted_logins *, granted_logins_free);

/* Remembers the login, and takes its tokens if they are to be kept. A failure is in the journal: a
 * login that cannot be remembered has no session later, but stands. */
void granted_logins_add(struct granted_logins *logins, struct login *login);

/* As sessions_open(), with the id of the session, which the journal is told of. */
int granted_logins_open(struct granted_logins *logins, const char *login, const char *account,
                        uid_t uid, const char **ret_session);
/* Its tokens are revoked. -ENOENT when there is no such session. */
int granted_logins_close(struct granted_logins *logins, const char *session);
size_t granted_logins_n_sessions(const struct granted_logins *logins);

/* Asks for an access token of the person's own: from the youngest open session of the account that
 * has one to give, as far as the account had the caller's uid when it was opened. 0; -EACCES and
 * *ret_sentence (static), which says why there is none; -ENOMEM. The journal is told of both, and
 * of who asked. */
int granted_logins_get_token(struct granted_logins *logins, const char *account, uid_t caller_uid,
                             uint64_t min_lifetime_sec, token_on_answer on_answer, void *userdata,
                             struct token_wait **ret_wait, const char **ret_sentence);

/* Ends the tokens of the person's own youngest session that has any: they are forgotten and
 * revoked, while the session stays open. 0 and what they were, for the caller to finish; otherwise
 * as above. */
int granted_logins_end_tokens(struct granted_logins *logins, const char *account, uid_t caller_uid,
                              struct token_record *ret_record, const char **ret_sentence);
