/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The token with which a directory is asked in the client's own name (client_credentials, RFC 6749
 * section 4.4) or a service account's (RFC 7523 section 2.1): got when it is first wanted, and kept
 * until shortly before its end. */
#pragma once

#include "common/cleanup.h"
#include "common/secret.h"
#include "io/http-client.h"
#include "provider.h"

struct directory_token;
struct provider_call;

/* Borrows the provider. Asks nothing yet. */
int directory_token_new(struct provider *provider, struct directory_token **ret_token);
/* Erases it. Takes NULL, returns NULL. */
struct directory_token *directory_token_free(struct directory_token *token);
DEFINE_CLEANUP(struct directory_token *, directory_token_free);

/* NULL when there is none that lasts a while. Borrowed until another is taken or this forgotten. */
const struct secret *directory_token_kept(const struct directory_token *token);

/* Asks for another. What on_answer is given is for directory_token_take(); the rest is as
 * daemon/provider-call.h says. */
int directory_token_ask(const struct directory_token *token, http_on_answer on_answer,
                        void *userdata, struct provider_call **ret_call);

/* Keeps what the answer brings, and hands out a copy. 0; -EBADMSG and *ret_why (static, or the
 * answer's) when it brings none; -ENOMEM. */
int directory_token_take(struct directory_token *token, const struct http_answer *answer,
                         struct secret **ret_copy, const char **ret_why);

/* The directory does not take it any more. */
void directory_token_forget(struct directory_token *token);
