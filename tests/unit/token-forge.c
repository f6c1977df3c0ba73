/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "token-forge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "common/cleanup.h"
#include "core/base64url.h"

EVP_PKEY *forge_rsa(unsigned bits)
{
        EVP_PKEY *key = EVP_RSA_gen(bits);
        assert_non_null(key);
        return key;
}

EVP_PKEY *forge_ec(const char *curve)
{
        EVP_PKEY *key = EVP_EC_gen(curve);
        assert_non_null(key);
        return key;
}

static char *number_text(EVP_PKEY *key, const char *parameter, int size)
{
        unsigned char bytes[1024];
        BIGNUM *number = NULL;

        assert_int_equal(EVP_PKEY_get_bn_param(key, parameter, &number), 1);
        if (size == 0)
                size = BN_num_bytes(number);
        assert_in_range(size, 1, sizeof(bytes));
        assert_int_equal(BN_bn2binpad(number, bytes, size), size);
        BN_free(number);
        return base64url_encode(bytes, (size_t)size);
}

char *forge_jwk(EVP_PKEY *key, const char *more)
{
        char *jwk = NULL;

        if (EVP_PKEY_is_a(key, "RSA")) {
                _cleanup_free_ char *n = number_text(key, OSSL_PKEY_PARAM_RSA_N, 0);
                _cleanup_free_ char *e = number_text(key, OSSL_PKEY_PARAM_RSA_E, 0);
                assert_true(asprintf(&jwk, "{\"kty\":\"RSA\",\"n\":\"%s\",\"e\":\"%s\"%s}", n, e,
                                     more) > 0);
                return jwk;
        }
        int bits = EVP_PKEY_get_bits(key), size = (bits + 7) / 8;
        _cleanup_free_ char *x = number_text(key, OSSL_PKEY_PARAM_EC_PUB_X, size);
        _cleanup_free_ char *y = number_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, size);
        assert_true(asprintf(&jwk, "{\"kty\":\"EC\",\"crv\":\"P-%d\",\"x\":\"%s\",\"y\":\"%s\"%s}",
                             bits, x, y, more) > 0);
        return jwk;
}

char *forge_jwks(const char *first, const char *second)
{
        char *jwks = NULL;
        assert_true(asprintf(&jwks, "{\"keys\":[%s%s%s]}", first, second ? "," : "",
                             second ? second : "") > 0);
        return jwks;
}

static char *signing_input(const void *header, size_t header_size, const void *payload,
                           size_t payload_size)
{
        _cleanup_free_ char *head = base64url_encode(header, header_size);
        _cleanup_free_ char *body = base64url_encode(payload, payload_size);
        char *input = NULL;

        assert_true(asprintf(&input, "%s.%s", head, body) > 0);
        return input;
}

static char *append_signature(const char *input, const unsigned char *signature, size_t size)
{
        _cleanup_free_ char *text = base64url_encode(signature, size);
        char *token = NULL;

        assert_true(asprintf(&token, "%s.%s", input, text) > 0);
        return token;
}

/* RFC 7518 section 3.4: R and S side by side, not DER. */
static size_t der_to_raw(EVP_PKEY *key, unsigned char *signature, size_t size)
{
        const unsigned char *der = signature;
        int half = (EVP_PKEY_get_bits(key) + 7) / 8;

        ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)size);
        assert_non_null(pair);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, half), half);
        assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + half, half), half);
        ECDSA_SIG_free(pair);
        return 2 * (size_t)half;
}

char *forge_jws_bytes(EVP_PKEY *key, const char *alg, const void *header, size_t header_size,
                      const void *payload, size_t payload_size)
{
        _cleanup_free_ char *input = signing_input(header, header_size, payload, payload_size);
        unsigned char signature[2048];
        size_t size = sizeof(signature);
        char digest[8];
        EVP_PKEY_CTX *options;

        (void)snprintf(digest, sizeof(digest), "SHA%.3s", alg + 2);
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        assert_int_equal(EVP_DigestSignInit_ex(ctx, &options, digest, NULL, NULL, key, NULL), 1);
        if (alg[0] == 'P') {
                assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING), 1);
                assert_int_equal(EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST),
                                 1);
        }
        assert_int_equal(
                EVP_DigestSign(ctx, signature, &size, (const unsigned char *)input, strlen(input)),
                1);
        EVP_MD_CTX_free(ctx);
        if (alg[0] == 'E')
                size = der_to_raw(key, signature, size);
        return append_signature(input, signature, size);
}

char *forge_jws(EVP_PKEY *key, const char *alg, const char *header, const char *payload)
{
        return forge_jws_bytes(key, alg, header, strlen(header), payload, strlen(payload));
}

char *forge_hs256(const char *secret, const char *header, const char *payload)
{
        _cleanup_free_ char *input = signing_input(header, strlen(header), payload,
                                                   strlen(payload));
        unsigned char mac[EVP_MAX_MD_SIZE];
        unsigned size = 0;

        assert_non_null(HMAC(EVP_sha256(), secret, (int)strlen(secret),
                             (const unsigned char *)input, strlen(input), mac, &size));
        return append_signature(input, mac, size);
}

char *forge_pem(EVP_PKEY *key)
{
        BIO *bio = BIO_new(BIO_s_mem());
        char *bytes, *pem;

        assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
        long size = BIO_get_mem_data(bio, &bytes);
        pem = strndup(bytes, (size_t)size);
        assert_non_null(pem);
        BIO_free(bio);
        return pem;
}
