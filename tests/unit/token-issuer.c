/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-issuer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/jwks.h"
#include "token-forge.h"

int issuer_setup(void **state)
{
        struct issuer *issuer = calloc(1, sizeof(*issuer));
        const char *why;

        assert_non_null(issuer);
        issuer->rsa = forge_rsa(2048);
        issuer->ec = forge_ec("P-256");
        _cleanup_free_ char *rsa = forge_jwk(issuer->rsa, ",\"kid\":\"r\",\"alg\":\"RS256\"");
        _cleanup_free_ char *ec = forge_jwk(issuer->ec, ",\"kid\":\"e\"");
        _cleanup_free_ char *text = forge_jwks(rsa, ec);
        *state = issuer;
        return jwks_parse(text, strlen(text), &issuer->jwks, &why);
}

int issuer_teardown(void **state)
{
        struct issuer *issuer = *state;

        EVP_PKEY_free(issuer->rsa);
        EVP_PKEY_free(issuer->ec);
        jwks_free(issuer->jwks);
        free(issuer);
        return 0;
}

enum jws_verdict issuer_verify(const struct issuer *issuer, const char *token, size_t size,
                               const char **ret_why)
{
        _cleanup_jws_token_ struct jws_token parsed = {0};
        enum jws_verdict verdict = jws_verify(token, size, issuer->jwks, JWS_DEFAULT_ALGORITHMS,
                                              &parsed, ret_why);
        if (verdict != JWS_VALID)
                assert_null(parsed.claims);
        return verdict;
}

void issuer_refuses(const struct issuer *issuer, const char *token, const char *why)
{
        const char *reason = NULL;
        assert_int_equal(issuer_verify(issuer, token, strlen(token), &reason), JWS_INVALID);
        assert_string_equal(reason, why);
}

void issuer_refuses_forged(const struct issuer *issuer, char *token, const char *why)
{
        issuer_refuses(issuer, token, why);
        free(token);
}
