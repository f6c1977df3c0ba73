/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jwt-sign.h"

#include <errno.h>
#include <json-c/json.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/base64url.h"
#include "core/jwk.h"
#include "core/strict-json.h"

#define JWT_MAX_BYTES       ((size_t)16 * 1024)
#define SIGNATURE_MAX_BYTES (JWK_RSA_MAX_BITS / 8)
#define GROUP_MAX_BYTES     32

DEFINE_CLEANUP(ECDSA_SIG *, ECDSA_SIG_free);

static void md_ctx_freep(EVP_MD_CTX **ctx)
{
        EVP_MD_CTX_free(*ctx);
}

/* A curve has several names; which one is told hangs on who keeps the key. */
static unsigned curve_algorithm(const char *group)
{
        static const struct {
                const char *names[2];
                unsigned algorithm;
        } curves[] = {
                {{"prime256v1", "P-256"}, JWS_ES256},
                {{"secp384r1", "P-384"}, JWS_ES384},
                {{"secp521r1", "P-521"}, JWS_ES512},
        };

        for (size_t i = 0; i < ELEMENTSOF(curves); i++)
                if (strcmp(group, curves[i].names[0]) == 0 ||
                    strcmp(group, curves[i].names[1]) == 0)
                        return curves[i].algorithm;
        return 0;
}

static unsigned find_algorithms(EVP_PKEY *key)
{
        char group[GROUP_MAX_BYTES] = "";
        int bits = EVP_PKEY_get_bits(key);

        if (EVP_PKEY_is_a(key, "RSA"))
                return bits >= JWK_RSA_MIN_BITS && bits <= JWK_RSA_MAX_BITS ? JWS_RSA_ALGORITHMS
                                                                            : 0;
        if (!EVP_PKEY_is_a(key, "EC") ||
            EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1)
                return 0;
        return curve_algorithm(group);
}

unsigned jwt_key_algorithms(struct evp_pkey_st *key)
{
        unsigned algorithms = find_algorithms(key);

        /* A failure must not be taken for a TLS error by whoever looks there next. */
        ERR_clear_error();
        return algorithms;
}

int jwt_add_object(struct json_object *object, const char *name, struct json_object *taken)
{
        if (taken && json_object_object_add(object, name, taken) == 0)
                return 0;
        json_object_put(taken);
        return -ENOMEM;
}

int jwt_add_text(struct json_object *object, const char *name, const char *text)
{
        return text ? jwt_add_object(object, name, json_object_new_string(text)) : 0;
}

int jwt_add_number(struct json_object *object, const char *name, uint64_t number)
{
        return jwt_add_object(object, name, json_object_new_uint64(number));
}

static int append_encoded(struct secret *jwt, const void *bytes, size_t size)
{
        _cleanup_free_ char *text = base64url_encode(bytes, size);
        if (!text)
                return -ENOMEM;

        int r = secret_append_text(jwt, text, JWT_MAX_BYTES);
        secret_erase(text, strlen(text));
        return r;
}

/* While memory is short json-c leaves holes in its text and does not tell: it is read again. */
static int append_object(struct secret *jwt, struct json_object *object)
{
        _cleanup_json_ struct json_object *copy = NULL;
        const char *text, *why;
        size_t size;

        text = json_object_to_json_string_length(
                object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &size);
        if (!text || strict_json_parse_object(text, size, &copy, &why) < 0 ||
            !json_object_equal(object, copy))
                return -ENOMEM;
        return append_encoded(jwt, text, size);
}

/* RFC 7515 section 5.1: what is signed. */
static int input_new(struct json_object *header, struct json_object *claims, const char *alg,
                     struct secret **ret_input)
{
        _cleanup_secret_ struct secret *input = secret_new(NULL, 0);
        if (!input)
                return -ENOMEM;

        int r = jwt_add_text(header, "alg", alg);
        if (r == 0)
                r = append_object(input, header);
        if (r == 0)
                r = secret_append_text(input, ".", JWT_MAX_BYTES);
        if (r == 0)
                r = append_object(input, claims);
        if (r < 0)
                return r;
        *ret_input = TAKE_PTR(input);
        return 0;
}

static int append_signature(struct secret *jwt, const unsigned char *signature, size_t size)
{
        int r = secret_append_text(jwt, ".", JWT_MAX_BYTES);
        return r < 0 ? r : append_encoded(jwt, signature, size);
}

/* RFC 7518 section 3.4: R and S side by side, each of the curve's length; not DER. */
static int der_to_raw(int bits, unsigned char *signature, size_t *size)
{
        const unsigned char *der = signature;
        int half = (bits + 7) / 8;

        _cleanup_(ECDSA_SIG_freep) ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)*size);
        if (!pair || BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, half) < 0 ||
            BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + half, half) < 0)
                return -EIO;
        *size = 2 * (size_t)half;
        return 0;
}

/* RFC 7518 section 3.5: the salt of PSS is as long as the hash. */
static bool set_padding(EVP_PKEY_CTX *options, unsigned algorithm)
{
        if (!(algorithm & (JWS_PS256 | JWS_PS384 | JWS_PS512)))
                return true;
        return EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
               EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
}

static int sign(EVP_PKEY *key, unsigned algorithm, const struct secret *input,
                unsigned char signature[SIGNATURE_MAX_BYTES], size_t *ret_size)
{
        _cleanup_(md_ctx_freep) EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        EVP_PKEY_CTX *options;
        size_t size = SIGNATURE_MAX_BYTES;

        if (!ctx ||
            EVP_DigestSignInit_ex(ctx, &options, jws_algorithm_digest(algorithm), NULL, NULL, key,
                                  NULL) != 1 ||
            !set_padding(options, algorithm) ||
            EVP_DigestSign(ctx, signature, &size, (const unsigned char *)secret_bytes(input),
                           secret_size(input)) != 1)
                return -EIO;
        int r = (algorithm & JWS_RSA_ALGORITHMS)
                        ? 0
                        : der_to_raw(EVP_PKEY_get_bits(key), signature, &size);
        if (r < 0)
                return r;
        *ret_size = size;
        return 0;
}

int jwt_sign(struct json_object *header, struct json_object *claims, struct evp_pkey_st *key,
             unsigned algorithm, struct secret **ret_jwt)
{
        _cleanup_secret_ struct secret *jwt = NULL;
        unsigned char signature[SIGNATURE_MAX_BYTES];
        unsigned can = jwt_key_algorithms(key);
        size_t size = 0;

        if (algorithm == 0)
                algorithm = can & -can;
        if (!(can & algorithm) || !jws_algorithm_name(algorithm))
                return -EINVAL;
        int r = input_new(header, claims, jws_algorithm_name(algorithm), &jwt);
        if (r == 0)
                r = sign(key, algorithm, jwt, signature, &size);
        ERR_clear_error();
        if (r == 0)
                r = append_signature(jwt, signature, size);
        if (r < 0)
                return r;
        *ret_jwt = TAKE_PTR(jwt);
        return 0;
}

int jwt_sign_hmac(struct json_object *header, struct json_object *claims, const struct secret *key,
                  struct secret **ret_jwt)
{
        _cleanup_secret_ struct secret *jwt = NULL;
        crypto_auth_hmacsha256_state state;
        unsigned char mac[crypto_auth_hmacsha256_BYTES];

        if (secret_size(key) < JWT_HMAC_KEY_MIN_BYTES)
                return -EINVAL;
        int r = input_new(header, claims, "HS256", &jwt);
        if (r < 0)
                return r;
        (void)crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret_bytes(key),
                                          secret_size(key));
        (void)crypto_auth_hmacsha256_update(&state, (const unsigned char *)secret_bytes(jwt),
                                            secret_size(jwt));
        (void)crypto_auth_hmacsha256_final(&state, mac);
        secret_erase(&state, sizeof(state));
        r = append_signature(jwt, mac, sizeof(mac));
        if (r < 0)
                return r;
        *ret_jwt = TAKE_PTR(jwt);
        return 0;
}
