/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signed statements that a client makes (RFC 7521, RFC 7523): who it is, in place of its secret
 * (private_key_jwt and client_secret_jwt of OpenID Connect Core section 9), or in whose name it
 * asks for a token. */
#pragma once

#include <stdint.h>

#include "common/secret.h"

#define CLIENT_ASSERTION_LIFETIME_SEC 120

struct evp_pkey_st;

/* Borrowed. Either key or secret. */
struct client_assertion_spec {
        const char *client_id;
        const char *audience;    /* the issuer, or the very endpoint that is asked; nobody else */
        const char *kid;         /* NULL: none */
        unsigned algorithm;      /* one bit of enum jws_algorithm; 0: the key's usual one */
        struct evp_pkey_st *key; /* private_key_jwt */
        const struct secret *secret; /* client_secret_jwt: HS256, at least 32 bytes, algorithm 0 */
        const char *jti;             /* never given twice */
        uint64_t now_sec;
};

/* There is one audience, so that no other server can use what it was sent (Audience Injection). For
 * one request. 0, -ENOMEM, and as jwt_sign() has it; -EINVAL also for a spec that
 * is not as above. */
int client_assertion_new(const struct client_assertion_spec *spec, struct secret **ret_assertion);

/* Borrowed. A service account's statement, to be exchanged for a token (RFC 7523 section 2.1). */
struct grant_assertion_spec {
        const char *client_id; /* of the service account */
        const char *subject;   /* in whose name; NULL: its own */
        const char *audience;  /* the token endpoint */
        const char *scope;     /* as a claim, where Google reads it; NULL: none */
        struct evp_pkey_st *key;
        const char *jti;
        uint64_t now_sec;
};

/* Errors as above. */
int grant_assertion_new(const struct grant_assertion_spec *spec, struct secret **ret_assertion);
