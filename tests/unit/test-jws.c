/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What jws_verify() accepts, which key it takes, and the published vectors. What it must refuse is
 * in test-jws-hostile.c. */
#include "core/jws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <json-c/json.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/jwks.h"
#include "freed-memory.h"
#include "rfc-tokens.h"
#include "token-forge.h"

#define CLAIMS "{\"sub\":\"248289761001\"}"

static struct jwks *keys_of(const char *text)
{
        struct jwks *jwks = NULL;
        const char *why = NULL;
        assert_int_equal(jwks_parse(text, strlen(text), &jwks, &why), 0);
        return jwks;
}

static enum jws_verdict verify(const char *token, const char *keys, enum jws_algorithm *ret_used,
                               const char **ret_why)
{
        _cleanup_jwks_ struct jwks *jwks = keys_of(keys);
        _cleanup_jws_token_ struct jws_token parsed = {0};

        enum jws_verdict verdict = jws_verify(token, strlen(token), jwks, JWS_DEFAULT_ALGORITHMS,
                                              &parsed, ret_why);
        if (verdict == JWS_VALID) {
                assert_true(json_object_is_type(parsed.claims, json_type_object));
                *ret_used = parsed.algorithm;
        } else {
                assert_null(parsed.claims);
        }
        assert_int_equal(ERR_peek_error(), 0);
        return verdict;
}

static void assert_verdict(const char *token, const char *keys, enum jws_verdict expected,
                           const char *expected_why)
{
        enum jws_algorithm used;
        const char *why = NULL;

        assert_int_equal(verify(token, keys, &used, &why), expected);
        if (expected_why)
                assert_string_equal(why, expected_why);
}

static void every_algorithm_is_verified(void **state)
{
        static const struct {
                const char *alg, *curve;
                enum jws_algorithm bit;
        } cases[] = {
                {"RS256", NULL, JWS_RS256},    {"RS384", NULL, JWS_RS384},
                {"RS512", NULL, JWS_RS512},    {"PS256", NULL, JWS_PS256},
                {"PS384", NULL, JWS_PS384},    {"PS512", NULL, JWS_PS512},
                {"ES256", "P-256", JWS_ES256}, {"ES384", "P-384", JWS_ES384},
                {"ES512", "P-521", JWS_ES512},
        };
        EVP_PKEY *rsa = forge_rsa(2048);

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                EVP_PKEY *ec = cases[i].curve ? forge_ec(cases[i].curve) : NULL;
                char header[80];
                (void)snprintf(header, sizeof(header),
                               "{\"alg\":\"%s\",\"typ\":\"JWT\",\"kid\":\"k\"}", cases[i].alg);
                _cleanup_free_ char *jwk = forge_jwk(ec ? ec : rsa, ",\"kid\":\"k\"");
                _cleanup_free_ char *jwks = forge_jwks(jwk, NULL);
                _cleanup_free_ char *token = forge_jws(ec ? ec : rsa, cases[i].alg, header, CLAIMS);
                enum jws_algorithm used = 0;
                const char *why = NULL;
                assert_int_equal(verify(token, jwks, &used, &why), JWS_VALID);
                assert_int_equal(used, cases[i].bit);
                EVP_PKEY_free(ec);
        }
        EVP_PKEY_free(rsa);
}

static void claims_are_those_of_the_payload(void **state)
{
        EVP_PKEY *key = forge_ec("P-256");
        _cleanup_free_ char *jwk = forge_jwk(key, "");
        _cleanup_free_ char *text = forge_jwks(jwk, NULL);
        _cleanup_free_ char *token = forge_jws(key, "ES256", "{\"alg\":\"ES256\"}", CLAIMS);
        _cleanup_jwks_ struct jwks *jwks = keys_of(text);
        _cleanup_jws_token_ struct jws_token parsed = {0};
        const char *why = NULL;

        assert_int_equal(jws_verify(token, strlen(token), jwks, JWS_ES256, &parsed, &why),
                         JWS_VALID);
        struct json_object *sub = json_object_object_get(parsed.claims, "sub");
        assert_string_equal(json_object_get_string(sub), "248289761001");
        EVP_PKEY_free(key);
}

/* Good or cut short: what it said is not left behind in memory that was given back. */
static void what_was_decoded_is_erased(void **state)
{
        EVP_PKEY *key = forge_ec("P-256");
        _cleanup_free_ char *jwk = forge_jwk(key, ""), *keys = forge_jwks(jwk, NULL);
        _cleanup_free_ char *good = forge_jws(key, "ES256", "{\"alg\":\"ES256\"}", CLAIMS);
        _cleanup_free_ char *cut = strndup(good, strlen(good) - 2);
        enum jws_algorithm used;
        const char *why;

        freed_memory_watch(CLAIMS);
        assert_int_equal(verify(good, keys, &used, &why), JWS_VALID);
        assert_int_equal(verify(cut, keys, &used, &why), JWS_INVALID);
        assert_int_equal(freed_memory_count(), 0);
        EVP_PKEY_free(key);
}

/* RFC 8725 section 3.1 */
static void rfc8725_the_allow_list_decides(void **state)
{
        EVP_PKEY *key = forge_ec("P-256");
        _cleanup_free_ char *jwk = forge_jwk(key, "");
        _cleanup_free_ char *text = forge_jwks(jwk, NULL);
        _cleanup_free_ char *token = forge_jws(key, "ES256", "{\"alg\":\"ES256\"}", CLAIMS);
        _cleanup_jwks_ struct jwks *jwks = keys_of(text);
        _cleanup_jws_token_ struct jws_token parsed = {0};
        const char *why = NULL;

        assert_int_equal(jws_verify(token, strlen(token), jwks, JWS_DEFAULT_ALGORITHMS & ~JWS_ES256,
                                    &parsed, &why),
                         JWS_INVALID);
        assert_string_equal(why, "the token's algorithm is not allowed for this provider");
        EVP_PKEY_free(key);
}

static void types_other_than_jwt_are_refused(void **state)
{
        static const struct {
                const char *header;
                enum jws_verdict verdict;
        } cases[] = {
                {"{\"alg\":\"ES256\",\"typ\":\"jwt\"}", JWS_VALID},
                {"{\"alg\":\"ES256\",\"typ\":\"application/jwt\"}", JWS_VALID},
                {"{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}", JWS_INVALID},
                {"{\"alg\":\"ES256\",\"typ\":\"logout+jwt\"}", JWS_INVALID},
                {"{\"alg\":\"ES256\",\"typ\":7}", JWS_INVALID},
        };
        EVP_PKEY *key = forge_ec("P-256");
        _cleanup_free_ char *jwk = forge_jwk(key, "");
        _cleanup_free_ char *jwks = forge_jwks(jwk, NULL);

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *token = forge_jws(key, "ES256", cases[i].header, CLAIMS);
                assert_verdict(token, jwks, cases[i].verdict,
                               cases[i].verdict == JWS_VALID
                                       ? NULL
                                       : "the token is of another type (typ)");
        }
        EVP_PKEY_free(key);
}

static void without_kid_only_one_key_may_fit(void **state)
{
        EVP_PKEY *rsa = forge_rsa(2048), *ec = forge_ec("P-256"), *other = forge_ec("P-256");
        _cleanup_free_ char *rsa_jwk = forge_jwk(rsa, ",\"kid\":\"r\"");
        _cleanup_free_ char *ec_jwk = forge_jwk(ec, ",\"kid\":\"e\"");
        _cleanup_free_ char *other_jwk = forge_jwk(other, ",\"kid\":\"o\"");
        _cleanup_free_ char *rsa_and_ec = forge_jwks(rsa_jwk, ec_jwk);
        _cleanup_free_ char *ec_and_other = forge_jwks(ec_jwk, other_jwk);
        _cleanup_free_ char *only_rsa = forge_jwks(rsa_jwk, NULL);
        _cleanup_free_ char *token = forge_jws(ec, "ES256", "{\"alg\":\"ES256\"}", CLAIMS);

        assert_verdict(token, rsa_and_ec, JWS_VALID, NULL);
        assert_verdict(token, ec_and_other, JWS_INVALID,
                       "the token names no key and several keys of the provider fit");
        assert_verdict(token, only_rsa, JWS_UNKNOWN_KEY,
                       "the token names no key and no key of the provider fits");
        EVP_PKEY_free(rsa);
        EVP_PKEY_free(ec);
        EVP_PKEY_free(other);
}

/* RFC 7517 section 4.5: equivalent keys of different kinds may share a kid. */
static void a_shared_kid_is_decided_by_the_algorithm(void **state)
{
        EVP_PKEY *rsa = forge_rsa(2048), *ec = forge_ec("P-256"), *other = forge_ec("P-256");
        _cleanup_free_ char *rsa_jwk = forge_jwk(rsa, ",\"kid\":\"k\"");
        _cleanup_free_ char *ec_jwk = forge_jwk(ec, ",\"kid\":\"k\"");
        _cleanup_free_ char *other_jwk = forge_jwk(other, ",\"kid\":\"k\"");
        _cleanup_free_ char *mixed = forge_jwks(rsa_jwk, ec_jwk);
        _cleanup_free_ char *twice = forge_jwks(ec_jwk, other_jwk);
        _cleanup_free_ char *token = forge_jws(ec, "ES256", "{\"alg\":\"ES256\",\"kid\":\"k\"}",
                                               CLAIMS);

        assert_verdict(token, mixed, JWS_VALID, NULL);
        assert_verdict(token, twice, JWS_INVALID,
                       "several keys of the provider share the token's kid");
        EVP_PKEY_free(rsa);
        EVP_PKEY_free(ec);
        EVP_PKEY_free(other);
}

static void rfc7515_a2_a3_vectors_verify(void **state)
{
        assert_verdict(RFC7515_A2_TOKEN, RFC7515_A2_JWKS, JWS_VALID, NULL);
        assert_verdict(RFC7515_A3_TOKEN, RFC7515_A3_JWKS, JWS_VALID, NULL);
        assert_verdict(RFC7515_A2_TOKEN, RFC7515_A3_JWKS, JWS_UNKNOWN_KEY, NULL);
}

/* Their payload is prose: getting as far as refusing it as claims proves that the signature was
 * good, and one changed character that it was looked at. */
static void rfc7520_4_1_to_4_3_vectors_verify(void **state)
{
        static const struct {
                const char *token, *keys;
        } cases[] = {
                {RFC7520_4_1_TOKEN, RFC7520_RSA_JWKS},
                {RFC7520_4_2_TOKEN, RFC7520_RSA_JWKS},
                {RFC7520_4_3_TOKEN, RFC7520_EC_JWKS},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *broken = strdup(cases[i].token);
                char *last = strrchr(broken, '.') + 40;
                *last = *last == 'A' ? 'B' : 'A';
                enum jws_algorithm used;
                const char *why = NULL;
                assert_int_equal(verify(cases[i].token, cases[i].keys, &used, &why), JWS_INVALID);
                assert_string_not_equal(why, "the signature is not valid");
                assert_verdict(broken, cases[i].keys, JWS_INVALID, "the signature is not valid");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_algorithm_is_verified),
                cmocka_unit_test(claims_are_those_of_the_payload),
                cmocka_unit_test(what_was_decoded_is_erased),
                cmocka_unit_test(rfc8725_the_allow_list_decides),
                cmocka_unit_test(types_other_than_jwt_are_refused),
                cmocka_unit_test(without_kid_only_one_key_may_fit),
                cmocka_unit_test(a_shared_kid_is_decided_by_the_algorithm),
                cmocka_unit_test(rfc7515_a2_a3_vectors_verify),
                cmocka_unit_test(rfc7520_4_1_to_4_3_vectors_verify),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
