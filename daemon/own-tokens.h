/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An access token for the person whose session it is: who may have one, and of which session. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

#include "granted-logins.h"

/* From the youngest open session of the account that has one to give, as far as the account had the
 * caller's uid when it was opened. 0; -EACCES and *ret_sentence (static), which says why there is
 * none; -ENOMEM. The journal is told of both, and of who asked. The rest as token_keeper_get(). */
int own_tokens_get(struct granted_logins *logins, const char *account, uid_t caller_uid,
                   uint64_t min_lifetime_sec, token_on_answer on_answer, void *userdata,
                   struct token_wait **ret_wait, const char **ret_sentence);

/* Ends the tokens of the person's own youngest session that has any: they are revoked, while the
 * session stays open. 0 and what they were, for the caller to finish; otherwise as above. */
int own_tokens_end(struct granted_logins *logins, const char *account, uid_t caller_uid,
                   struct token_record *ret_record, const char **ret_sentence);
