/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a grant asks for before it polls, and polls with: a device code (RFC 8628) or a ring of the
 * person's phone (CIBA). All that differs between the two is here; the polling is the same. */
#pragma once

#include "common/cleanup.h"
#include "core/grant-challenge.h"
#include "core/oauth-request.h"
#include "core/oauth-response.h"
#include "core/provider-metadata.h"
#include "io/http-client.h"
#include "settings.h"

struct approval_request;

/* Borrows the settings. 0, -ENOMEM, or what the kernel said when it had no random bytes. */
int approval_request_new(const struct provider_settings *settings, const char *account,
                         const char *service, struct approval_request **ret_request);
struct approval_request *approval_request_free(struct approval_request *request);
DEFINE_CLEANUP(struct approval_request *, approval_request_free);

/* Forgets the codes; what the person was shown stays. Takes NULL. */
void approval_request_erase(struct approval_request *request);

/* The first question and where it goes. Its members are borrowed. */
struct oauth_question approval_request_question(const struct approval_request *request);
enum provider_endpoint approval_request_endpoint(const struct approval_request *request);
/* "device authorization": for the journal. Static. */
const char *approval_request_endpoint_word(const struct approval_request *request);

/* Takes the answer to it in. The challenge is set with OAUTH_SUCCESS only, and borrows from the
 * request; the caller finishes the problem. */
enum oauth_answer approval_request_read(struct approval_request *request,
                                        const struct http_answer *answer,
                                        struct grant_challenge *ret_challenge,
                                        struct oauth_problem *ret_problem);

/* What the token endpoint is asked, again and again. Its members are borrowed. */
struct oauth_question approval_request_poll(const struct approval_request *request);
