/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The signature algorithms that badged knows (RFC 7518 section 3.1), as bits so that a provider's
 * allow-list is one number. There is no bit for "none", for the MAC algorithms (RFC 8725
 * section 3.1: a public key would become the secret), nor for EdDSA, which libcjose cannot verify.
 */
#pragma once

#include <stddef.h>

enum jws_algorithm {
        JWS_RS256 = 1 << 0,
        JWS_RS384 = 1 << 1,
        JWS_RS512 = 1 << 2,
        JWS_PS256 = 1 << 3,
        JWS_PS384 = 1 << 4,
        JWS_PS512 = 1 << 5,
        JWS_ES256 = 1 << 6,
        JWS_ES384 = 1 << 7,
        JWS_ES512 = 1 << 8,
};

#define JWS_RSA_ALGORITHMS     (JWS_RS256 | JWS_RS384 | JWS_RS512 | JWS_PS256 | JWS_PS384 | JWS_PS512)
#define JWS_DEFAULT_ALGORITHMS (JWS_RSA_ALGORITHMS | JWS_ES256 | JWS_ES384 | JWS_ES512)

/* The bit of a JOSE name, compared exactly. 0, or -EINVAL for anything else. */
int jws_algorithm_from_name(const char *name, unsigned *ret_bit);

/* The JOSE name ("RS256"), or NULL when bit is not exactly one algorithm. Static. */
const char *jws_algorithm_name(unsigned bit);

/* libcrypto's name of the algorithm's hash ("SHA256"), or NULL likewise. Static. */
const char *jws_algorithm_digest(unsigned bit);

/* Why a name that jws_algorithm_from_name() refused is refused: a static sentence fragment. */
const char *jws_algorithm_refusal(const char *name);
