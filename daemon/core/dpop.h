/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Proofs that whoever uses a token has the key that it was given to (RFC 9449, DPoP). The key is
 * one of ours on P-256, and the algorithm ES256. Not the header that carries the proof, nor the
 * nonce that a server asks for: those come and go with io/http-client. */
#pragma once

#include <stdint.h>

#include "common/secret.h"

struct evp_pkey_st;

/* Borrowed. */
struct dpop_proof_spec {
        struct evp_pkey_st *key;
        const char *method; /* of the request: "POST" */
        const char *url;    /* of the request; query and fragment are cut off (section 4.2) */
        const char *nonce;  /* that the server gave last; NULL: none */
        const struct secret *access_token; /* that goes with the request; NULL: none does */
        const char *jti;                   /* never given twice */
        uint64_t now_sec;
};

/* The value of the header DPoP, for this one request. 0, -EINVAL (a key of another kind, no method,
 * jti or https address), -EIO when the key does not sign, -ENOMEM. */
int dpop_proof_new(const struct dpop_proof_spec *spec, struct secret **ret_proof);

/* "jkt" of section 6.1: the key's name in whatever is bound to it. 0, -EINVAL, -ENOMEM. */
int dpop_thumbprint(struct evp_pkey_st *key, char **ret_jkt);
