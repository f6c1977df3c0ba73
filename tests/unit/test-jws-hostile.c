/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tokens that must never be taken, each with the reason that refuses it, so that a check which is
 * lost shows even where another one would have caught the token too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/base64url.h"
#include "core/jwks.h"
#include "rfc-tokens.h"
#include "token-forge.h"
#include "token-issuer.h"

static void the_good_token_is_valid(void **state)
{
        struct issuer *issuer = *state;
        _cleanup_free_ char *rsa = forge_jws(issuer->rsa, "RS256", RS256, CLAIMS);
        _cleanup_free_ char *ec = forge_jws(issuer->ec, "ES256", ES256, CLAIMS);
        const char *why = NULL;

        assert_int_equal(issuer_verify(issuer, rsa, strlen(rsa), &why), JWS_VALID);
        assert_int_equal(issuer_verify(issuer, ec, strlen(ec), &why), JWS_VALID);
}

static void unsigned_is_refused(void **state)
{
        struct issuer *issuer = *state;

        issuer_refuses_forged(issuer, forge_jws(issuer->rsa, "RS256", "{\"alg\":\"none\"}", CLAIMS),
                              "the token is not signed");
        issuer_refuses_forged(issuer, forge_jws(issuer->rsa, "RS256", "{\"alg\":\"nOnE\"}", CLAIMS),
                              "the token is not signed");
        char *empty = forge_jws(issuer->rsa, "RS256", "{\"alg\":\"none\",\"kid\":\"r\"}", CLAIMS);
        strrchr(empty, '.')[1] = '\0';
        issuer_refuses_forged(issuer, empty, "the token does not have exactly three parts");
        issuer_refuses_forged(issuer, forge_jws(issuer->rsa, "RS256", "{\"kid\":\"r\"}", CLAIMS),
                              "the token names no algorithm");
}

/* CVE-2024-54150, CVE-2026-44699 */
static void hs256_with_the_public_key_is_refused(void **state)
{
        static const char why[] =
                "the token is authenticated with a shared secret, which is never accepted";
        struct issuer *issuer = *state;
        _cleanup_free_ char *pem = forge_pem(issuer->rsa);
        _cleanup_free_ char *jwk = forge_jwk(issuer->rsa, "");

        issuer_refuses_forged(issuer, forge_hs256(pem, "{\"alg\":\"HS256\",\"kid\":\"r\"}", CLAIMS),
                              why);
        issuer_refuses_forged(issuer, forge_hs256(jwk, "{\"alg\":\"HS256\",\"kid\":\"r\"}", CLAIMS),
                              why);
        issuer_refuses_forged(issuer, forge_hs256("", "{\"alg\":\"HS256\"}", CLAIMS), why);
        issuer_refuses_forged(issuer, forge_hs256(pem, RS256, CLAIMS),
                              "the signature has the wrong length");
}

static void eddsa_is_refused_by_name(void **state)
{
        struct issuer *issuer = *state;
        issuer_refuses_forged(
                issuer, forge_jws(issuer->rsa, "RS256", "{\"alg\":\"EdDSA\"}", CLAIMS),
                "EdDSA signatures are not supported; let the provider sign with RS256 or ES256");
}

static void wrong_kid_is_an_unknown_key(void **state)
{
        struct issuer *issuer = *state;
        _cleanup_free_ char *token = forge_jws(issuer->rsa, "RS256",
                                               "{\"alg\":\"RS256\",\"kid\":\"R\"}", CLAIMS);
        const char *why = NULL;

        assert_int_equal(issuer_verify(issuer, token, strlen(token), &why), JWS_UNKNOWN_KEY);
        assert_string_equal(why, "the provider publishes no key with the token's kid");
}

static void resigned_by_another_key_is_refused(void **state)
{
        struct issuer *issuer = *state;
        EVP_PKEY *rsa = forge_rsa(2048), *ec = forge_ec("P-256");
        _cleanup_free_ char *jwk = forge_jwk(rsa, "");
        _cleanup_free_ char *own = NULL;

        issuer_refuses_forged(issuer, forge_jws(rsa, "RS256", RS256, CLAIMS),
                              "the signature is not valid");
        issuer_refuses_forged(issuer, forge_jws(ec, "ES256", ES256, CLAIMS),
                              "the signature is not valid");
        /* RFC 8725 section 3.10: what the header brings along is not looked at. */
        assert_true(asprintf(&own,
                             "{\"alg\":\"RS256\",\"kid\":\"r\",\"jwk\":%s,"
                             "\"jku\":\"https://evil.example/keys\"}",
                             jwk) > 0);
        issuer_refuses_forged(issuer, forge_jws(rsa, "RS256", own, CLAIMS),
                              "the signature is not valid");
        EVP_PKEY_free(rsa);
        EVP_PKEY_free(ec);
}

/* Of the right key, but it is bound to another algorithm (latchset jose lets RS512 pass). */
static void other_algorithm_than_the_key_is_refused(void **state)
{
        static const char why[] = "the token's algorithm does not fit its key";
        struct issuer *issuer = *state;

        issuer_refuses_forged(
                issuer,
                forge_jws(issuer->rsa, "RS512", "{\"alg\":\"RS512\",\"kid\":\"r\"}", CLAIMS), why);
        issuer_refuses_forged(
                issuer,
                forge_jws(issuer->rsa, "PS256", "{\"alg\":\"PS256\",\"kid\":\"r\"}", CLAIMS), why);
        issuer_refuses_forged(
                issuer, forge_jws(issuer->ec, "ES384", "{\"alg\":\"ES384\",\"kid\":\"e\"}", CLAIMS),
                why);
        issuer_refuses_forged(
                issuer,
                forge_jws(issuer->rsa, "RS256", "{\"alg\":\"RS256\",\"kid\":\"e\"}", CLAIMS), why);
}

static void hostile_headers_are_refused(void **state)
{
        static const struct {
                const char *header, *why;
        } cases[] = {
                {"{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[\"exp\"]}",
                 "the token demands an extension (crit)"},
                {"{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":[]}",
                 "the token demands an extension (crit)"},
                {"{\"alg\":\"RS256\",\"kid\":\"r\",\"crit\":null}",
                 "the token demands an extension (crit)"},
                {"{\"alg\":\"RS256\",\"kid\":\"r\",\"b64\":false}",
                 "the token's payload is not encoded (b64)"},
                {"{\"alg\":\"RS256\",\"kid\":\"r\",\"b64\":true}",
                 "the token's payload is not encoded (b64)"},
                {"{\"alg\":\"RS256\",\"kid\":\"r\",\"enc\":\"A128GCM\"}", "the token is encrypted"},
                {"{\"alg\":\"RS256\",\"kid\":7}", "the token's kid is not a short text"},
                {"{\"alg\":\"RS256\",\"alg\":\"RS256\",\"kid\":\"r\"}", "duplicate member names"},
                {"{\"alg\":\"RS256\",\"\\u0061lg\":\"none\",\"kid\":\"r\"}",
                 "duplicate member names"},
                {"{\"alg\":[\"RS256\"],\"kid\":\"r\"}", "the token names no algorithm"},
                {"{\"alg\":\"rs256\",\"kid\":\"r\"}", "the signature algorithm is unknown"},
                {"[{\"alg\":\"RS256\"}]", "not a JSON object"},
        };
        struct issuer *issuer = *state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                issuer_refuses_forged(issuer,
                                      forge_jws(issuer->rsa, "RS256", cases[i].header, CLAIMS),
                                      cases[i].why);
}

/* Well signed by the issuer, and still nothing that we would read claims from. */
static void hostile_payloads_are_refused(void **state)
{
        static const struct {
                const char *bytes;
                size_t size;
        } cases[] = {
#define BYTES(text) {text, sizeof(text) - 1}
                BYTES("{\"sub\":\"alice\",\"sub\":\"bob\"}"),
                BYTES("{\"sub\":\"alice\\u0000bob\"}"),
                BYTES("{\"sub\":\"alice\0bob\"}"),
                BYTES("{\"sub\":\"alice\"}\0"),
                BYTES("{\"sub\":\"alice\"} {}"),
                BYTES("[\"alice\"]"),
                BYTES("{\"exp\":NaN}"),
                BYTES("eyJhbGciOiJSUzI1NiJ9.e30.AAAA"),
#undef BYTES
        };
        struct issuer *issuer = *state;

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *token = forge_jws_bytes(
                        issuer->rsa, "RS256", RS256, strlen(RS256), cases[i].bytes, cases[i].size);
                const char *why = NULL;
                assert_int_equal(issuer_verify(issuer, token, strlen(token), &why), JWS_INVALID);
                assert_string_not_equal(why, "the signature is not valid");
        }
}

static void no_changed_character_survives(void **state)
{
        struct issuer *issuer = *state;
        _cleanup_free_ char *token = forge_jws(issuer->ec, "ES256", ES256, CLAIMS);
        const char *why = NULL;

        for (char *s = token; *s; s++) {
                char saved = *s;
                *s = saved == 'A' ? 'B' : 'A';
                assert_int_not_equal(issuer_verify(issuer, token, strlen(token), &why), JWS_VALID);
                *s = saved;
        }
        assert_int_equal(issuer_verify(issuer, token, strlen(token), &why), JWS_VALID);
}

static void signatures_of_zeros_are_refused(void **state)
{
        static const unsigned char zeros[256];
        struct issuer *issuer = *state;
        const struct {
                EVP_PKEY *key;
                const char *alg, *header;
                size_t size;
        } cases[] = {{issuer->rsa, "RS256", RS256, 256}, {issuer->ec, "ES256", ES256, 64}};

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *good = forge_jws(cases[i].key, cases[i].alg, cases[i].header,
                                                      CLAIMS);
                _cleanup_free_ char *text = base64url_encode(zeros, cases[i].size);
                strcpy(strrchr(good, '.') + 1, text);
                issuer_refuses(issuer, good, "the signature is not valid");
        }
}

static void a_point_off_the_curve_is_no_key(void **state)
{
        static const char keys[] = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
                                   "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                                   "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a4\"}]}";
        struct issuer issuer = {0};
        const char *why;

        assert_int_equal(jwks_parse(keys, strlen(keys), &issuer.jwks, &why), 0);
        issuer_refuses(&issuer, RFC7515_A3_TOKEN, "the provider's key is not valid");
        jwks_free(issuer.jwks);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_good_token_is_valid),
                cmocka_unit_test(unsigned_is_refused),
                cmocka_unit_test(hs256_with_the_public_key_is_refused),
                cmocka_unit_test(eddsa_is_refused_by_name),
                cmocka_unit_test(wrong_kid_is_an_unknown_key),
                cmocka_unit_test(resigned_by_another_key_is_refused),
                cmocka_unit_test(other_algorithm_than_the_key_is_refused),
                cmocka_unit_test(hostile_headers_are_refused),
                cmocka_unit_test(hostile_payloads_are_refused),
                cmocka_unit_test(no_changed_character_survives),
                cmocka_unit_test(signatures_of_zeros_are_refused),
                cmocka_unit_test(a_point_off_the_curve_is_no_key),
        };
        return cmocka_run_group_tests(tests, issuer_setup, issuer_teardown);
}
