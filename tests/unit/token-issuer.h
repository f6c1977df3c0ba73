/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An issuer for tests of tokens, as a cmocka group fixture: two keys and what it takes of a token.
 */
#pragma once

#include <openssl/types.h>
#include <stddef.h>

#include "core/jws.h"

#define CLAIMS "{\"iss\":\"https://issuer.example\",\"sub\":\"bob\"}"
#define RS256  "{\"alg\":\"RS256\",\"kid\":\"r\"}"
#define ES256  "{\"alg\":\"ES256\",\"kid\":\"e\"}"

struct issuer {
        EVP_PKEY *rsa; /* kid "r", bound to RS256 */
        EVP_PKEY *ec;  /* kid "e", on P-256, bound to nothing else */
        struct jwks *jwks;
};

int issuer_setup(void **state);
int issuer_teardown(void **state);

/* jws_verify() with every algorithm allowed. */
enum jws_verdict issuer_verify(const struct issuer *issuer, const char *token, size_t size,
                               const char **ret_why);

/* Fails the test unless the token is invalid for just that reason. The second takes the token over.
 */
void issuer_refuses(const struct issuer *issuer, const char *token, const char *why);
void issuer_refuses_forged(const struct issuer *issuer, char *token, const char *why);
