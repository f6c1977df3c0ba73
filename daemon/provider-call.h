/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One request to a provider, with all that proves who asks: the client's secret, assertion or TLS
 * certificate, and the DPoP proof (RFC 9449), which is made once more when the server wants its
 * nonce in it. What is asked, and what the answer means, is the caller's business. */
#pragma once

#include "common/cleanup.h"
#include "core/oauth-request.h"
#include "core/provider-metadata.h"
#include "io/http-client.h"
#include "provider.h"

struct private_key;
struct provider_call;

#define PROVIDER_CALL_ID_SIZE 33

/* An identifier (jti) that no other token of ours has. 0, or what the kernel said when it had no
 * random bytes. */
int provider_call_id(char ret_id[PROVIDER_CALL_ID_SIZE]);

/* An endpoint of the provider, asked as its client. dpop, borrowed until the call is freed, binds
 * the tokens that come back; NULL: none. The question is only read during this call. -ENODATA when
 * the provider has no such endpoint, or its metadata is not known yet; otherwise as
 * core/oauth-request.h, io/http-client.h and core/client-assertion.h say. on_answer runs once, from
 * the loop, unless the call is freed first, and may free it. */
int provider_call_new(struct provider *provider, enum provider_endpoint endpoint,
                      const struct oauth_question *question, const struct private_key *dpop,
                      http_on_answer on_answer, void *userdata, struct provider_call **ret_call);

/* A token endpoint that is not the provider's own, where the question proves enough (RFC 7523
 * section 2.1): nothing is said of the client. */
int provider_call_new_bare(struct provider *provider, const char *url,
                           const struct oauth_question *question, http_on_answer on_answer,
                           void *userdata, struct provider_call **ret_call);

/* A document of the provider's API, asked with an access token, which is copied; dpop is the key
 * that the token is bound to. */
int provider_call_new_resource(struct provider *provider, const char *url,
                               const struct secret *access_token, const struct private_key *dpop,
                               http_on_answer on_answer, void *userdata,
                               struct provider_call **ret_call);

/* Cancels unless answered. Takes NULL, returns NULL. */
struct provider_call *provider_call_free(struct provider_call *call);
DEFINE_CLEANUP(struct provider_call *, provider_call_free);
