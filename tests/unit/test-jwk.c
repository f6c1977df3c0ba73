/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jwk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/base64url.h"
#include "core/jws-algorithm.h"
#include "core/strict-json.h"

#define X32 "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"
#define EC  "\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X32 "\",\"y\":\"" X32 "\""

static void read_key(const char *text, struct jwk *ret_jwk)
{
        _cleanup_json_ struct json_object *object = NULL;
        const char *why = NULL;

        assert_int_equal(strict_json_parse_object(text, strlen(text), &object, &why), 0);
        assert_int_equal(jwk_init(object, ret_jwk), 0);
        if (ret_jwk->unusable) {
                assert_int_equal(ret_jwk->algorithms, 0);
                assert_null(ret_jwk->public_json);
        } else {
                assert_int_not_equal(ret_jwk->algorithms, 0);
                assert_non_null(ret_jwk->public_json);
        }
}

static void assert_key(const char *text, const char *unusable, unsigned algorithms)
{
        _cleanup_(jwk_finish) struct jwk jwk = {0};

        read_key(text, &jwk);
        if (unusable)
                assert_string_equal(jwk.unusable, unusable);
        else
                assert_null(jwk.unusable);
        assert_int_equal(jwk.algorithms, algorithms);
}

/* An RSA key of that many bits, after that many zero bytes. */
static char *rsa_text(unsigned bits, size_t zeros, const char *e, const char *more)
{
        unsigned char n[1100] = {0};
        size_t size = zeros + (bits + 7) / 8;
        char *text = NULL;

        memset(n + zeros, 0xFF, sizeof(n) - zeros);
        n[zeros] = (unsigned char)(0xFF >> (7 - (bits - 1) % 8));
        _cleanup_free_ char *modulus = base64url_encode(n, size);
        assert_true(asprintf(&text, "{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"%s\",\"e\":\"%s\"%s}",
                             modulus, e, more) > 0);
        return text;
}

static void rfc8725_rsa_keys_have_2048_to_8192_bits(void **state)
{
        static const char small[] = "the key is an RSA key of fewer than 2048 bits";
        static const char large[] = "the key is an RSA key of more than 8192 bits";
        static const struct {
                unsigned bits;
                size_t zeros;
                const char *unusable;
        } cases[] = {
                {1024, 0, small}, {2040, 0, small}, {2047, 0, small}, {2047, 8, small},
                {2048, 0, NULL},  {2048, 1, NULL},  {2049, 0, NULL},  {8192, 0, NULL},
                {8193, 0, large}, {8200, 0, large},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = rsa_text(cases[i].bits, cases[i].zeros, "AQAB", "");
                _cleanup_(jwk_finish) struct jwk jwk = {0};
                read_key(text, &jwk);
                assert_string_equal(jwk.kid, "k");
                if (cases[i].unusable) {
                        assert_string_equal(jwk.unusable, cases[i].unusable);
                        continue;
                }
                assert_null(jwk.unusable);
                assert_int_equal(jwk.algorithms, JWS_RSA_ALGORITHMS);
                assert_int_equal(jwk.signature_bytes, (cases[i].bits + 7) / 8);
        }
}

static void rsa_exponents_must_be_odd_and_above_one(void **state)
{
        static const struct {
                const char *e;
                bool good;
        } cases[] = {
                {"AQ", false},           /* 1: every message is its own signature */
                {"AA", false},           /* 0 */
                {"AAE", false},          /* 1 after a zero */
                {"Ag", false},           /* 2 */
                {"AQAA", false},         /* 65536 */
                {"Aw", true},            /* 3 */
                {"AQAB", true},          /* 65537 */
                {"__________8", true},   /* 64 bits */
                {"Af__________", false}, /* 65 bits */
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = rsa_text(2048, 0, cases[i].e, "");
                assert_key(text, cases[i].good ? NULL : "the key has an unsafe RSA exponent",
                           cases[i].good ? JWS_RSA_ALGORITHMS : 0);
        }
}

static void private_and_shared_keys_are_unusable(void **state)
{
        static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                char more[32];
                (void)snprintf(more, sizeof(more), ",\"%s\":\"AQAB\"", names[i]);
                _cleanup_free_ char *text = rsa_text(2048, 0, "AQAB", more);
                assert_key(text, "the provider published the private part of the key", 0);
        }
        assert_key("{" EC ",\"d\":\"" X32 "\"}",
                   "the provider published the private part of the key", 0);
        assert_key("{\"kty\":\"oct\",\"k\":\"AQAB\"}", "the key is a shared secret", 0);
}

static void other_kinds_are_unusable(void **state)
{
        static const char kind[] = "the key is of a kind that is not supported";
        static const char curve[] = "the key is on a curve that is not supported";
        static const char members[] = "the key's EC members are missing or malformed";
        static const struct {
                const char *text, *unusable;
        } cases[] = {
                {"{}", kind},
                {"{\"kty\":7}", kind},
                {"{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" X32 "\"}", kind},
                {"{\"kty\":\"rsa\"}", kind},
                {"{\"kty\":\"RSA\"}", "the key's RSA members are missing or malformed"},
                {"{\"kty\":\"RSA\",\"n\":\"AQAB=\",\"e\":\"AQAB\"}",
                 "the key's RSA members are missing or malformed"},
                {"{\"kty\":\"EC\"}", curve},
                {"{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"" X32 "\",\"y\":\"" X32 "\"}",
                 curve},
                {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X32 "\"}", members},
                {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"" X32 "\"}", members},
                {"{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"" X32 "\",\"y\":\"" X32 "\"}", members},
                {"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X32 "\",\"y\":\"" X32 "AAAA\"}",
                 members},
                {"{" EC ",\"kid\":7}", "the key's kid is not a short text"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_key(cases[i].text, cases[i].unusable, 0);
}

/* RFC 7517 sections 4.2 to 4.4 */
static void rfc7517_usage_is_kept_to(void **state)
{
        static const char usage[] = "the key is not meant for signatures";
        static const char algorithm[] = "the key is meant for an algorithm that is not supported";
        static const char mismatch[] = "the key's algorithm does not belong to its kind";
        static const struct {
                const char *text, *unusable;
        } cases[] = {
                {"{" EC "}", NULL},
                {"{" EC ",\"use\":\"sig\"}", NULL},
                {"{" EC ",\"use\":\"enc\"}", usage},
                {"{" EC ",\"use\":[\"sig\"]}", usage},
                {"{" EC ",\"key_ops\":[\"verify\"]}", NULL},
                {"{" EC ",\"key_ops\":[\"sign\",\"verify\"]}", NULL},
                {"{" EC ",\"key_ops\":[\"sign\"]}", usage},
                {"{" EC ",\"key_ops\":[]}", usage},
                {"{" EC ",\"key_ops\":\"verify\"}", usage},
                {"{" EC ",\"use\":\"enc\",\"key_ops\":[\"verify\"]}", usage},
                {"{" EC ",\"alg\":\"ES256\"}", NULL},
                {"{" EC ",\"alg\":\"ES384\"}", mismatch},
                {"{" EC ",\"alg\":\"RS256\"}", mismatch},
                {"{" EC ",\"alg\":\"ECDH-ES\"}", algorithm},
                {"{" EC ",\"alg\":\"HS256\"}", algorithm},
                {"{" EC ",\"alg\":256}", algorithm},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                assert_key(cases[i].text, cases[i].unusable, cases[i].unusable ? 0 : JWS_ES256);
        _cleanup_free_ char *rsa = rsa_text(2048, 0, "AQAB", ",\"alg\":\"PS384\"");
        assert_key(rsa, NULL, JWS_PS384);
        _cleanup_free_ char *crossed = rsa_text(2048, 0, "AQAB", ",\"alg\":\"ES256\"");
        assert_key(crossed, mismatch, 0);
}

static void only_public_members_are_passed_on(void **state)
{
        _cleanup_(jwk_finish) struct jwk jwk = {0};

        read_key("{" EC ",\"x5u\":\"https://evil.example/\",\"kid\":\"k\"}", &jwk);
        assert_string_equal(jwk.public_json, "{" EC "}");
        assert_int_equal(jwk.signature_bytes, 64);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc8725_rsa_keys_have_2048_to_8192_bits),
                cmocka_unit_test(rsa_exponents_must_be_odd_and_above_one),
                cmocka_unit_test(private_and_shared_keys_are_unusable),
                cmocka_unit_test(other_kinds_are_unusable),
                cmocka_unit_test(rfc7517_usage_is_kept_to),
                cmocka_unit_test(only_public_members_are_passed_on),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
