/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One refresh of one token record (RFC 6749 section 6, OIDC Core section 12.2): the request, the
 * check of what came, and what that means for the record. Who keeps it is the caller's business. */
#pragma once

#include "authority.h"
#include "common/cleanup.h"
#include "core/token-record.h"

struct token_refresh;

enum token_refresh_end {
        TOKEN_REFRESH_DONE,      /* record is the new one: to be kept before it is used */
        TOKEN_REFRESH_FAILED,    /* the refresh token was not used up: as if nobody had asked */
        TOKEN_REFRESH_LOST,      /* it may have been (RFC 9700 section 4.14.2) */
        TOKEN_REFRESH_UNCHECKED, /* whose tokens came cannot be checked for now: record is the old
                                    one, with what can be refreshed next */
        TOKEN_REFRESH_REFUSED,   /* the provider wants no more of it: the end, nothing to revoke */
        TOKEN_REFRESH_REJECTED,  /* what came must not count: the end; record is to be revoked */
};

/* Called once, from the loop. record is given over with DONE, UNCHECKED and REJECTED, otherwise
 * NULL; detail is NULL with DONE, otherwise for the journal (valid during the call). May free the
 * refresh. */
typedef void (*token_refresh_on_done)(enum token_refresh_end end, struct token_record *record,
                                      const char *detail, void *userdata);

/* Starts at once. The record, which must have a refresh token, is copied. -ENOMEM, -EBADMSG for a
 * key that is none, or what the request said. */
int token_refresh_new(const struct authority *authority, const struct token_record *record,
                      token_refresh_on_done on_done, void *userdata,
                      struct token_refresh **ret_refresh);

/* Cancels: then nobody knows what came of it. Takes NULL, returns NULL. */
struct token_refresh *token_refresh_free(struct token_refresh *refresh);
DEFINE_CLEANUP(struct token_refresh *, token_refresh_free);
