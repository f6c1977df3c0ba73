/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests that badged sends to a provider, as bodies and header values: grants (RFC 6749,
 * 8628, CIBA), revocation (RFC 7009), introspection (RFC 7662), resources (RFC 6750, 9449). Not the
 * sending: that is io/http-client. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/secret.h"
#include "core/client-authentication.h"

struct text_pairs;

enum oauth_question_kind {
        OAUTH_ASK_DEVICE_CODE,   /* RFC 8628 section 3.1 */
        OAUTH_ASK_BACKCHANNEL,   /* CIBA section 7.1 */
        OAUTH_ASK_AUTHORIZATION, /* RFC 6749 section 4.1.1: for core/authorization-url only */
        OAUTH_GRANT_DEVICE_CODE, /* RFC 8628 section 3.4 */
        OAUTH_GRANT_BACKCHANNEL, /* CIBA section 10.1 */
        OAUTH_GRANT_AUTHORIZATION_CODE, /* RFC 6749 section 4.1.3, RFC 7636 section 4.5 */
        OAUTH_GRANT_REFRESH,            /* RFC 6749 section 6 */
        OAUTH_GRANT_CLIENT_CREDENTIALS, /* RFC 6749 section 4.4.2; not for CLIENT_AUTH_NONE */
        OAUTH_GRANT_JWT_BEARER,         /* RFC 7523 section 2.1 */
        OAUTH_REVOKE,                   /* RFC 7009 section 2.1 */
        OAUTH_INTROSPECT,               /* RFC 7662 section 2.1 */
};

/* All borrowed. NULL, "" and 0 mean that there is none (RFC 8628 section 3.1). A kind takes those
 * members that its RFC gives it, and needs those that the RFC demands; PKCE counts as demanded
 * where there is a redirect_uri (RFC 9700 section 2.1.1). */
struct oauth_question {
        enum oauth_question_kind kind;
        const char *scope;
        const char *login_hint;
        const char *binding_message;
        const char *code_challenge; /* of method S256 */
        const char *redirect_uri;
        const struct secret *token; /* device_code, auth_req_id, code, refresh_token, assertion; or
                                     * the token to revoke or introspect */
        const struct secret *code_verifier;
        const char *token_type_hint;
        uint64_t requested_expiry_sec;
        const struct text_pairs *more; /* further parameters, never reserved ones, none twice */
};

struct oauth_request {
        struct secret *form;          /* application/x-www-form-urlencoded body of a POST */
        struct secret *authorization; /* header VALUE ("Basic …"), or NULL */
};

/* Erases and frees what the request holds; it may be used anew. */
void oauth_request_finish(struct oauth_request *request);

/* True for the parameters that badged writes itself, or that no setting may add. */
bool oauth_parameter_is_reserved(const char *name);

/* All of them: 0, -EINVAL (what the question or the client must have is missing, or has more than
 * it may; a token not fit for a header), -E2BIG, -ENOMEM. The caller frees or finishes the result.
 */

/* The body without what the client says of itself. */
int oauth_form_new(const struct oauth_question *question, struct secret **ret_form);
/* A copy of that body, with the client's authentication (client_authenticate()). */
int oauth_request_new(const struct oauth_client *client, const struct secret *form,
                      struct oauth_request *ret_request);
/* RFC 6750 section 2.1: the header value "Bearer …". */
int oauth_request_bearer(const struct secret *access_token, struct secret **ret_authorization);
/* RFC 9449 section 7.1: the header value "DPoP …". */
int oauth_request_dpop(const struct secret *access_token, struct secret **ret_authorization);
