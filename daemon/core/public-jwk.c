/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/public-jwk.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/base64url.h"
#include "core/jwk.h"
#include "core/jwt-sign.h"

#define NUMBER_MAX_BYTES ((JWK_RSA_MAX_BITS + 7) / 8)

/* RFC 7518 section 6.2.1.2: a coordinate has all its bytes, leading zeros too; size 0 stands for as
 * many as the number takes. */
static int number_text(EVP_PKEY *key, const char *parameter, int size, char **ret_text)
{
        unsigned char bytes[NUMBER_MAX_BYTES];
        BIGNUM *number = NULL;

        if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1) {
                ERR_clear_error();
                return -EINVAL;
        }
        if (size == 0)
                size = BN_num_bytes(number);
        size = size <= NUMBER_MAX_BYTES ? BN_bn2binpad(number, bytes, size) : -1;
        BN_free(number);
        if (size < 0)
                return -EINVAL;
        char *text = base64url_encode(bytes, (size_t)size);
        if (!text)
                return -ENOMEM;
        *ret_text = text;
        return 0;
}

static int rsa_jwk_new(EVP_PKEY *key, char **ret_jwk)
{
        _cleanup_free_ char *n = NULL, *e = NULL;

        int r = number_text(key, OSSL_PKEY_PARAM_RSA_N, 0, &n);
        if (r == 0)
                r = number_text(key, OSSL_PKEY_PARAM_RSA_E, 0, &e);
        if (r < 0)
                return r;
        return asprintf(ret_jwk, "{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}", e, n) < 0 ? -ENOMEM
                                                                                          : 0;
}

static int ec_jwk_new(EVP_PKEY *key, char **ret_jwk)
{
        _cleanup_free_ char *x = NULL, *y = NULL;
        int bits = EVP_PKEY_get_bits(key);

        int r = number_text(key, OSSL_PKEY_PARAM_EC_PUB_X, (bits + 7) / 8, &x);
        if (r == 0)
                r = number_text(key, OSSL_PKEY_PARAM_EC_PUB_Y, (bits + 7) / 8, &y);
        if (r < 0)
                return r;
        return asprintf(ret_jwk, "{\"crv\":\"P-%d\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}",
                        bits, x, y) < 0
                       ? -ENOMEM
                       : 0;
}

int public_jwk_new(struct evp_pkey_st *key, char **ret_jwk)
{
        char *jwk = NULL;
        unsigned algorithms = jwt_key_algorithms(key);

        if (algorithms == 0)
                return -EINVAL;
        int r = (algorithms & JWS_RSA_ALGORITHMS) ? rsa_jwk_new(key, &jwk) : ec_jwk_new(key, &jwk);
        if (r < 0)
                return r;
        *ret_jwk = jwk;
        return 0;
}

int public_jwk_thumbprint(struct evp_pkey_st *key, char **ret_thumbprint)
{
        _cleanup_free_ char *jwk = NULL;
        unsigned char digest[crypto_hash_sha256_BYTES];

        int r = public_jwk_new(key, &jwk);
        if (r < 0)
                return r;
        (void)crypto_hash_sha256(digest, (const unsigned char *)jwk, strlen(jwk));
        char *thumbprint = base64url_encode(digest, sizeof(digest));
        if (!thumbprint)
                return -ENOMEM;
        *ret_thumbprint = thumbprint;
        return 0;
}
