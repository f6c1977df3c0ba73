/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One published key (RFC 7517, RFC 7518 section 6): what it may verify, or why it may not. Usable
 * are only public RSA and EC keys (P-256, P-384, P-521) that are meant for signatures. */
#pragma once

#include <stddef.h>

#define JWK_KID_MAX_BYTES  512
#define JWK_RSA_MIN_BITS   2048
#define JWK_RSA_MAX_BITS   8192
#define JWK_RSA_MAX_E_BITS 64

struct json_object;

struct jwk {
        char *kid;            /* NULL: the key has none */
        unsigned algorithms;  /* enum jws_algorithm; one bit when it names its "alg"; 0: nothing */
        const char *unusable; /* why algorithms is 0 (static fragment), otherwise NULL */
        char *public_json;    /* its public members and nothing else, as a JWK; NULL if unusable */
        size_t signature_bytes; /* the only length that a signature by this key has */
};

/* Reads one member of "keys". A key that we cannot or may not use is an answer (unusable), not an
 * error: 0 or -ENOMEM. */
int jwk_init(struct json_object *object, struct jwk *ret_jwk);

void jwk_finish(struct jwk *jwk);
