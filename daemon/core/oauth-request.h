/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The requests that badged sends to a provider, as bodies and header values (RFC 6749, 6750, 8628).
 * Not the sending: that is io/http-client. */
#pragma once

#include "common/secret.h"

/* How the client proves itself; one method per request, never two (RFC 6749 section 2.3). */
enum client_auth {
        CLIENT_AUTH_NONE,         /* public client: client_id in the body */
        CLIENT_AUTH_SECRET_BASIC, /* Authorization: Basic, nothing in the body */
        CLIENT_AUTH_SECRET_POST,  /* client_id and client_secret in the body */
};

/* Borrowed. The secret is NULL with CLIENT_AUTH_NONE and never else. */
struct oauth_client {
        const char *client_id;
        enum client_auth auth;
        const struct secret *secret;
};

struct oauth_request {
        struct secret *form;          /* application/x-www-form-urlencoded body of a POST */
        struct secret *authorization; /* header VALUE ("Basic …"), or NULL */
};

/* Erases and frees what the request holds; it may be used anew. */
void oauth_request_finish(struct oauth_request *request);

/* All three: 0, -EINVAL (client_id or device code empty, secret missing or superfluous, or the
 * access token not fit for a header), -E2BIG, -ENOMEM. The caller finishes or frees the result. */

/* RFC 8628 section 3.1. A scope of NULL or "" is left out. */
int oauth_request_device_authorization(const struct oauth_client *client, const char *scope,
                                       struct oauth_request *ret_request);
/* RFC 8628 section 3.4. */
int oauth_request_device_token(const struct oauth_client *client, const struct secret *device_code,
                               struct oauth_request *ret_request);
/* RFC 6750 section 2.1: the header value "Bearer …". */
int oauth_request_bearer(const struct secret *access_token, struct secret **ret_authorization);
