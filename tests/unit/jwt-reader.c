/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "jwt-reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cjose/cjose.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "core/base64url.h"
#include "core/strict-json.h"
#include "token-forge.h"

static struct json_object *read_part(const char *text, size_t size)
{
        _cleanup_free_ unsigned char *bytes = NULL;
        struct json_object *object;
        const char *why;
        size_t n_bytes;

        assert_int_equal(base64url_decode(text, size, &bytes, &n_bytes), 0);
        assert_int_equal(strict_json_parse_object((const char *)bytes, n_bytes, &object, &why), 0);
        return object;
}

void jwt_read(const struct secret *jwt, struct jwt_parts *ret_parts)
{
        _cleanup_free_ unsigned char *bytes = NULL;
        const char *header = secret_bytes(jwt);
        size_t n_bytes;

        assert_int_equal(strlen(header), secret_size(jwt));
        const char *claims = strchr(header, '.');
        assert_non_null(claims++);
        const char *signature = strchr(claims, '.');
        assert_non_null(signature++);
        assert_null(strchr(signature, '.'));
        assert_int_equal(base64url_decode(signature, strlen(signature), &bytes, &n_bytes), 0);
        *ret_parts = (struct jwt_parts){
                .header = read_part(header, (size_t)(claims - header - 1)),
                .claims = read_part(claims, (size_t)(signature - claims - 1)),
                .signature = strdup(signature),
        };
}

void jwt_parts_finish(struct jwt_parts *parts)
{
        json_object_put(parts->header);
        json_object_put(parts->claims);
        free(parts->signature);
}

const char *jwt_member(struct json_object *object, const char *name)
{
        struct json_object *member;

        if (!json_object_object_get_ex(object, name, &member))
                return NULL;
        return json_object_get_string(member);
}

static void assert_verified(const struct secret *jwt, cjose_jwk_t *jwk)
{
        cjose_jws_t *jws = cjose_jws_import(secret_bytes(jwt), secret_size(jwt), NULL);

        assert_non_null(jwk);
        assert_non_null(jws);
        assert_true(cjose_jws_verify(jws, jwk, NULL));
        cjose_jws_release(jws);
        cjose_jwk_release(jwk);
}

void jwt_assert_signed(const struct secret *jwt, EVP_PKEY *key)
{
        _cleanup_free_ char *jwk = forge_jwk(key, "");

        assert_verified(jwt, cjose_jwk_import(jwk, strlen(jwk), NULL));
}

void jwt_assert_mac(const struct secret *jwt, const struct secret *secret)
{
        assert_verified(jwt, cjose_jwk_create_oct_spec((const uint8_t *)secret_bytes(secret),
                                                       secret_size(secret), NULL));
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *builder)
{
        OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
        EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
        EVP_PKEY *key = NULL;

        assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
        assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
        EVP_PKEY_CTX_free(ctx);
        OSSL_PARAM_free(params);
        OSSL_PARAM_BLD_free(builder);
        return key;
}

static BIGNUM *number_from(const char *text)
{
        _cleanup_free_ unsigned char *bytes = NULL;
        size_t size;

        assert_int_equal(base64url_decode(text, strlen(text), &bytes, &size), 0);
        return BN_bin2bn(bytes, (int)size, NULL);
}

EVP_PKEY *jwt_rsa_from_text(const char *n, const char *e)
{
        BIGNUM *modulus = number_from(n), *exponent = number_from(e);
        OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();

        assert_true(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus));
        assert_true(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent));
        EVP_PKEY *key = key_from("RSA", builder);
        BN_free(modulus);
        BN_free(exponent);
        return key;
}

EVP_PKEY *jwt_p256_from_text(const char *x, const char *y)
{
        BIGNUM *numbers[] = {number_from(x), number_from(y)};
        OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
        unsigned char point[65] = {4};

        for (int i = 0; i < 2; i++) {
                assert_int_equal(BN_bn2binpad(numbers[i], point + 1 + 32 * i, 32), 32);
                BN_free(numbers[i]);
        }
        assert_true(
                OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0));
        assert_true(OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point,
                                                     sizeof(point)));
        return key_from("EC", builder);
}
