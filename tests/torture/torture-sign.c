/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens that badged makes, while memory is short: what comes out claims all that it should, or
 * nothing comes out. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/base64url.h"
#include "core/client-assertion.h"
#include "core/dpop.h"
#include "core/jwt-sign.h"
#include "core/public-jwk.h"
#include "token-forge.h"
#include "torture.h"

#define NOW_SEC 1800000000
#define SECRET  "0123456789abcdef0123456789abcdef"

#define ASSERTION_CLAIMS                                                                   \
        "{\"iss\":\"linux-login\",\"sub\":\"linux-login\",\"aud\":\"https://id.example\"," \
        "\"jti\":\"4cfe9b2c1d\",\"iat\":1800000000,\"exp\":1800000120}"
#define PROOF_CLAIMS                                                                        \
        "{\"jti\":\"4cfe9b2c1d\",\"htm\":\"POST\",\"htu\":\"https://id.example/token\","    \
        "\"iat\":1800000000,\"nonce\":\"eyJ7S_zG\",\"ath\":\"oFYf1knNtrqnhAVfBRuteW6gr-8X_" \
        "KOCGVSd7rpOjBo\"}"

struct signer {
        EVP_PKEY *ec, *rsa;
        char *proof_header, *thumbprint;
};

static void *prepare_signer(void)
{
        struct signer *signer = calloc(1, sizeof(*signer));
        _cleanup_free_ char *jwk = NULL;

        signer->ec = forge_ec("P-256");
        signer->rsa = forge_rsa(2048);
        if (public_jwk_new(signer->ec, &jwk) < 0 ||
            public_jwk_thumbprint(signer->ec, &signer->thumbprint) < 0 ||
            asprintf(&signer->proof_header, "{\"typ\":\"dpop+jwt\",\"jwk\":%s,\"alg\":\"ES256\"}",
                     jwk) < 0)
                abort();
        return signer;
}

static void release_signer(void *prepared)
{
        struct signer *signer = prepared;

        EVP_PKEY_free(signer->ec);
        EVP_PKEY_free(signer->rsa);
        free(signer->proof_header);
        free(signer->thumbprint);
        free(signer);
}

/* The part up to the dot, or up to the end, says just this. */
static enum torture_end check_part(const char *part, const char *expected)
{
        _cleanup_free_ unsigned char *bytes = NULL;
        size_t size;

        int r = base64url_decode(part, strcspn(part, "."), &bytes, &size);
        if (r < 0)
                return r == -ENOMEM ? TORTURE_SHORT : TORTURE_WRONG;
        return strcmp((const char *)bytes, expected) == 0 ? TORTURE_DONE : TORTURE_WRONG;
}

static enum torture_end check_token(int r, const struct secret *jwt, const char *header,
                                    const char *claims)
{
        if (r < 0)
                return TORTURE_SHORT;
        const char *second = strchr(secret_bytes(jwt), '.');
        enum torture_end end = check_part(secret_bytes(jwt), header);
        return end == TORTURE_DONE ? check_part(second + 1, claims) : end;
}

static enum torture_end run_assertion(EVP_PKEY *key, const struct secret *secret,
                                      const char *header)
{
        _cleanup_secret_ struct secret *assertion = NULL;
        const struct client_assertion_spec spec = {
                .client_id = "linux-login",
                .audience = "https://id.example",
                .kid = "host-1",
                .key = key,
                .secret = secret,
                .jti = "4cfe9b2c1d",
                .now_sec = NOW_SEC,
        };

        int r = client_assertion_new(&spec, &assertion);
        return check_token(r, assertion, header, ASSERTION_CLAIMS);
}

static enum torture_end run_key_assertion(const void *prepared)
{
        const struct signer *signer = prepared;

        return run_assertion(signer->ec, NULL,
                             "{\"typ\":\"JWT\",\"kid\":\"host-1\",\"alg\":\"ES256\"}");
}

static enum torture_end run_secret_assertion(const void *prepared)
{
        _cleanup_secret_ struct secret *secret = secret_new_text(SECRET);

        return secret ? run_assertion(NULL, secret,
                                      "{\"typ\":\"JWT\",\"kid\":\"host-1\",\"alg\":\"HS256\"}")
                      : TORTURE_SHORT;
}

static enum torture_end run_grant_assertion(const void *prepared)
{
        const struct signer *signer = prepared;
        _cleanup_secret_ struct secret *assertion = NULL;
        const struct grant_assertion_spec spec = {
                .client_id = "linux-login",
                .audience = "https://id.example",
                .key = signer->ec,
                .jti = "4cfe9b2c1d",
                .now_sec = NOW_SEC,
        };

        int r = grant_assertion_new(&spec, &assertion);
        return check_token(r, assertion, "{\"typ\":\"JWT\",\"alg\":\"ES256\"}", ASSERTION_CLAIMS);
}

static enum torture_end run_proof(const void *prepared)
{
        const struct signer *signer = prepared;
        _cleanup_secret_ struct secret *token = secret_new_text("access"), *proof = NULL;
        const struct dpop_proof_spec spec = {
                .key = signer->ec,
                .method = "POST",
                .url = "https://id.example/token?x=y",
                .nonce = "eyJ7S_zG",
                .access_token = token,
                .jti = "4cfe9b2c1d",
                .now_sec = NOW_SEC,
        };

        if (!token)
                return TORTURE_SHORT;
        int r = dpop_proof_new(&spec, &proof);
        return check_token(r, proof, signer->proof_header, PROOF_CLAIMS);
}

static enum torture_end run_thumbprints(const void *prepared)
{
        const struct signer *signer = prepared;
        _cleanup_free_ char *first = NULL, *second = NULL;

        int r = public_jwk_thumbprint(signer->rsa, &first);
        if (r == 0)
                r = dpop_thumbprint(signer->ec, &second);
        if (r < 0)
                return TORTURE_SHORT;
        return strcmp(second, signer->thumbprint) == 0 ? TORTURE_DONE : TORTURE_WRONG;
}

static const struct torture_case cases[] = {
        {"assertion_by_key_is_whole", run_key_assertion, prepare_signer, release_signer, 0, 0},
        {"assertion_by_secret_is_whole", run_secret_assertion, NULL, NULL, 0, 0},
        {"assertion_of_a_service_account_is_whole", run_grant_assertion, prepare_signer,
         release_signer, 0, 0},
        {"proof_is_whole", run_proof, prepare_signer, release_signer, 0, 0},
        {"thumbprints", run_thumbprints, prepare_signer, release_signer, 0, 0},
};
const struct torture_cases torture_sign_cases = {cases, ELEMENTSOF(cases)};
