/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the client proves itself to a provider (RFC 6749 section 2.3, RFC 7521 section 4.2, RFC 8705
 * section 2): one method per request, never two. Not the making of an assertion, nor the TLS
 * certificate, which belongs to the connection. */
#pragma once

#include <stdbool.h>

#include "common/secret.h"

enum client_auth {
        CLIENT_AUTH_NONE,            /* public client: client_id in the body */
        CLIENT_AUTH_SECRET_BASIC,    /* Authorization: Basic, nothing in the body */
        CLIENT_AUTH_SECRET_POST,     /* client_id and client_secret in the body */
        CLIENT_AUTH_SECRET_JWT,      /* an assertion, its MAC made with the secret */
        CLIENT_AUTH_PRIVATE_KEY_JWT, /* an assertion, signed with a private key */
        CLIENT_AUTH_TLS,             /* the TLS certificate, of a CA that the provider trusts */
        CLIENT_AUTH_SELF_SIGNED_TLS, /* the TLS certificate, registered with the provider */
};

/* Borrowed. */
struct oauth_client {
        const char *client_id;
        enum client_auth auth;
        const struct secret *secret; /* BASIC and POST need it, SECRET_JWT ignores it, else NULL */
        bool plain_basic; /* BASIC: id and secret are not form-encoded first, against the RFC */
        const struct secret *assertion; /* both JWT: made for this one request; else NULL */
};

/* Adds to the form what the client has to say of itself. *ret_authorization is the value of the
 * header Authorization, or NULL. 0, -EINVAL (client_id empty; a secret or an assertion missing or
 * superfluous; a colon in the client_id of plain_basic), -E2BIG, -ENOMEM. */
int client_authenticate(const struct oauth_client *client, struct secret *form,
                        struct secret **ret_authorization);
