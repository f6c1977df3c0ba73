/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/dpop.h"
#include "jwt-reader.h"
#include "token-forge.h"

/* RFC 9449, figures 1, 7, 12 and 13. */
#define EXAMPLE_X     "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"
#define EXAMPLE_Y     "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"
#define EXAMPLE_JKT   "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
#define EXAMPLE_TOKEN "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
#define EXAMPLE_ATH   "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"

#define NOW_SEC UINT64_C(1562262616)

static struct dpop_proof_spec spec_with(EVP_PKEY *key)
{
        return (struct dpop_proof_spec){
                .key = key,
                .method = "POST",
                .url = "https://server.example.com/token",
                .jti = "-BwC3ESc6acc2lTc",
                .now_sec = NOW_SEC,
        };
}

static void read_proof(const struct dpop_proof_spec *spec, struct jwt_parts *ret_parts)
{
        _cleanup_secret_ struct secret *proof = NULL;

        assert_int_equal(dpop_proof_new(spec, &proof), 0);
        jwt_assert_signed(proof, spec->key);
        jwt_read(proof, ret_parts);
}

static void rfc9449_4_2_a_proof_has_its_parts_and_no_others(void **state)
{
        EVP_PKEY *key = forge_ec("P-256");
        struct dpop_proof_spec spec = spec_with(key);
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};

        read_proof(&spec, &parts);
        assert_int_equal(json_object_object_length(parts.header), 3);
        assert_string_equal(jwt_member(parts.header, "typ"), "dpop+jwt");
        assert_string_equal(jwt_member(parts.header, "alg"), "ES256");
        assert_string_equal(json_object_to_json_string_ext(parts.claims,
                                                           JSON_C_TO_STRING_PLAIN |
                                                                   JSON_C_TO_STRING_NOSLASHESCAPE),
                            "{\"jti\":\"-BwC3ESc6acc2lTc\",\"htm\":\"POST\","
                            "\"htu\":\"https://server.example.com/token\",\"iat\":1562262616}");
        EVP_PKEY_free(key);
}

static void rfc9449_4_2_the_key_in_it_is_public(void **state)
{
        EVP_PKEY *key = forge_ec("P-256");
        _cleanup_free_ char *expected = forge_jwk(key, "");
        struct dpop_proof_spec spec = spec_with(key);
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};
        struct json_object *jwk, *same = json_tokener_parse(expected);

        read_proof(&spec, &parts);
        assert_true(json_object_object_get_ex(parts.header, "jwk", &jwk));
        assert_true(json_object_equal(jwk, same));
        assert_null(jwt_member(jwk, "d"));
        json_object_put(same);
        EVP_PKEY_free(key);
}

static void rfc9449_4_2_query_and_fragment_are_not_in_the_target(void **state)
{
        static const struct {
                const char *url, *htu;
        } rows[] = {
                {"https://api.example/me?fields=id", "https://api.example/me"},
                {"https://api.example/me#part", "https://api.example/me"},
                {"https://api.example/me?a#b?c", "https://api.example/me"},
                {"https://api.example:8443/a/b", "https://api.example:8443/a/b"},
                {"https://api.example", "https://api.example"},
        };
        EVP_PKEY *key = forge_ec("P-256");

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct dpop_proof_spec spec = spec_with(key);
                _cleanup_jwt_parts_ struct jwt_parts parts = {0};

                spec.url = rows[i].url;
                read_proof(&spec, &parts);
                assert_string_equal(jwt_member(parts.claims, "htu"), rows[i].htu);
        }
        EVP_PKEY_free(key);
}

static void rfc9449_7_the_proof_is_for_one_access_token(void **state)
{
        _cleanup_secret_ struct secret *token = secret_new_text(EXAMPLE_TOKEN);
        EVP_PKEY *key = forge_ec("P-256");
        struct dpop_proof_spec spec = spec_with(key);
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};

        spec.method = "GET";
        spec.access_token = token;
        read_proof(&spec, &parts);
        assert_string_equal(jwt_member(parts.claims, "htm"), "GET");
        assert_string_equal(jwt_member(parts.claims, "ath"), EXAMPLE_ATH);
        EVP_PKEY_free(key);
}

static void rfc9449_8_the_nonce_of_the_server_comes_back(void **state)
{
        EVP_PKEY *key = forge_ec("P-256");
        struct dpop_proof_spec spec = spec_with(key);
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};

        spec.nonce = "eyJ7S_zG.eyJH0-Z.HX4w-7v";
        read_proof(&spec, &parts);
        assert_string_equal(jwt_member(parts.claims, "nonce"), spec.nonce);
        EVP_PKEY_free(key);
}

static void rfc9449_6_1_the_example_key_has_its_thumbprint(void **state)
{
        _cleanup_free_ char *jkt = NULL;
        EVP_PKEY *key = jwt_p256_from_text(EXAMPLE_X, EXAMPLE_Y);

        assert_int_equal(dpop_thumbprint(key, &jkt), 0);
        assert_string_equal(jkt, EXAMPLE_JKT);
        EVP_PKEY_free(key);
}

static void assert_refused(struct dpop_proof_spec spec)
{
        struct secret *proof = NULL;

        assert_int_equal(dpop_proof_new(&spec, &proof), -EINVAL);
        assert_null(proof);
}

static void only_keys_on_p256_prove_anything(void **state)
{
        EVP_PKEY *keys[] = {forge_rsa(2048), forge_ec("P-384"), forge_ec("secp256k1")};

        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                assert_refused(spec_with(keys[i]));
                EVP_PKEY_free(keys[i]);
        }
}

static void a_proof_is_for_a_request_over_https(void **state)
{
        static const char *const urls[] = {
                NULL, "", "?", "http://api.example/", "/me", "https://user@api.example/"};
        EVP_PKEY *key = forge_ec("P-256");
        struct dpop_proof_spec whole = spec_with(key), part;

        for (size_t i = 0; i < ELEMENTSOF(urls); i++)
                part = whole, part.url = urls[i], assert_refused(part);
        part = whole, part.method = NULL, assert_refused(part);
        part = whole, part.method = "", assert_refused(part);
        part = whole, part.jti = NULL, assert_refused(part);
        part = whole, part.jti = "", assert_refused(part);
        EVP_PKEY_free(key);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc9449_4_2_a_proof_has_its_parts_and_no_others),
                cmocka_unit_test(rfc9449_4_2_the_key_in_it_is_public),
                cmocka_unit_test(rfc9449_4_2_query_and_fragment_are_not_in_the_target),
                cmocka_unit_test(rfc9449_7_the_proof_is_for_one_access_token),
                cmocka_unit_test(rfc9449_8_the_nonce_of_the_server_comes_back),
                cmocka_unit_test(rfc9449_6_1_the_example_key_has_its_thumbprint),
                cmocka_unit_test(only_keys_on_p256_prove_anything),
                cmocka_unit_test(a_proof_is_for_a_request_over_https),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
