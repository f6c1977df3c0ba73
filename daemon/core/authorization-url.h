/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The authorization code grant, as far as a browser carries it: the address that is opened, and the
 * query that comes back (RFC 6749 sections 4.1.1 and 4.1.2, OpenID Connect Core 3.1.2, RFC 9207).
 * Not the browser, nor the listener that it comes back to. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/secret.h"
#include "core/oauth-request.h"
#include "core/oauth-response.h"

/* The question is of kind OAUTH_ASK_AUTHORIZATION; state is for this one attempt, and so is nonce,
 * which may be NULL. What the endpoint's address has for a query is kept. 0, -EINVAL (endpoint not
 * https, or with parameters of ours; client_id or state empty; what oauth_form_new() refuses),
 * -E2BIG (8 KiB), -ENOMEM. */
int authorization_url_new(const char *endpoint, const char *client_id,
                          const struct oauth_question *question, const char *state,
                          const char *nonce, char **ret_url);

/* Borrowed. */
struct authorization_expectation {
        const char *state;
        const char *issuer;
        bool issuer_is_named; /* by its metadata, the provider names itself in each answer */
};

/* Reads the query, without its question mark. OAUTH_MALFORMED before all else when the answer does
 * not belong to this attempt: state other than ours, or iss other than the issuer, or missing
 * though promised (RFC 9207 section 2.4). Then the error or the code, never both. The errors of a
 * token endpoint's polls count as OAUTH_ERROR. *ret_code is set with OAUTH_SUCCESS only,
 * *ret_problem with every answer; the caller frees one and finishes the other. */
enum oauth_answer authorization_answer_parse(const char *query, size_t size,
                                             const struct authorization_expectation *expectation,
                                             struct secret **ret_code,
                                             struct oauth_problem *ret_problem);
