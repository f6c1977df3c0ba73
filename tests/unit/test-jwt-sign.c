/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/jwt-sign.h"
#include "core/strict-json.h"
#include "freed-memory.h"
#include "jwt-reader.h"
#include "token-forge.h"

struct keys {
        EVP_PKEY *rsa, *p256, *p384, *p521;
};

static int keys_setup(void **state)
{
        struct keys *keys = calloc(1, sizeof(*keys));

        assert_non_null(keys);
        *keys = (struct keys){forge_rsa(2048), forge_ec("P-256"), forge_ec("P-384"),
                              forge_ec("P-521")};
        *state = keys;
        return 0;
}

static int keys_teardown(void **state)
{
        struct keys *keys = *state;

        EVP_PKEY_free(keys->rsa);
        EVP_PKEY_free(keys->p256);
        EVP_PKEY_free(keys->p384);
        EVP_PKEY_free(keys->p521);
        free(keys);
        return 0;
}

static int sign(EVP_PKEY *key, unsigned algorithm, struct secret **ret_jwt)
{
        _cleanup_json_ struct json_object *header = json_object_new_object();
        _cleanup_json_ struct json_object *claims = json_object_new_object();

        assert_int_equal(jwt_add_text(header, "typ", "JWT"), 0);
        assert_int_equal(jwt_add_text(claims, "iss", "https://issuer.example/\xc3\xa4"), 0);
        assert_int_equal(jwt_add_text(claims, "nonce", NULL), 0);
        assert_int_equal(jwt_add_number(claims, "exp", UINT64_C(18446744073709551615)), 0);
        return jwt_sign(header, claims, key, algorithm, ret_jwt);
}

static int sign_mac(const struct secret *key, struct secret **ret_jwt)
{
        _cleanup_json_ struct json_object *header = json_object_new_object();
        _cleanup_json_ struct json_object *claims = json_object_new_object();

        assert_int_equal(jwt_add_text(claims, "iss", "linux-login"), 0);
        return jwt_sign_hmac(header, claims, key, ret_jwt);
}

static void assert_signed_with(EVP_PKEY *key, unsigned wanted, unsigned expected)
{
        _cleanup_secret_ struct secret *jwt = NULL;
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};

        assert_int_equal(sign(key, wanted, &jwt), 0);
        jwt_assert_signed(jwt, key);
        jwt_read(jwt, &parts);
        assert_string_equal(jwt_member(parts.header, "alg"), jws_algorithm_name(expected));
        assert_string_equal(jwt_member(parts.header, "typ"), "JWT");
        assert_string_equal(jwt_member(parts.claims, "iss"), "https://issuer.example/\xc3\xa4");
        assert_string_equal(jwt_member(parts.claims, "exp"), "18446744073709551615");
        assert_null(jwt_member(parts.claims, "nonce"));
}

static void rfc7518_3_another_library_verifies_every_algorithm(void **state)
{
        const struct keys *keys = *state;
        const struct {
                EVP_PKEY *key;
                unsigned algorithm;
        } rows[] = {
                {keys->rsa, JWS_RS256},  {keys->rsa, JWS_RS384},  {keys->rsa, JWS_RS512},
                {keys->rsa, JWS_PS256},  {keys->rsa, JWS_PS384},  {keys->rsa, JWS_PS512},
                {keys->p256, JWS_ES256}, {keys->p384, JWS_ES384}, {keys->p521, JWS_ES512},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_signed_with(rows[i].key, rows[i].algorithm, rows[i].algorithm);
}

static void a_key_has_its_usual_algorithm(void **state)
{
        const struct keys *keys = *state;

        assert_signed_with(keys->rsa, 0, JWS_RS256);
        assert_signed_with(keys->p256, 0, JWS_ES256);
        assert_signed_with(keys->p384, 0, JWS_ES384);
        assert_signed_with(keys->p521, 0, JWS_ES512);
}

/* In one of some 128 signatures R or S is shorter than the curve; of P-521, in most. */
static void rfc7518_3_4_r_and_s_keep_their_leading_zeros(void **state)
{
        const struct keys *keys = *state;

        for (int i = 0; i < 600; i++) {
                _cleanup_secret_ struct secret *small = NULL, *large = NULL;
                _cleanup_jwt_parts_ struct jwt_parts of_small = {0}, of_large = {0};

                assert_int_equal(sign(keys->p256, 0, &small), 0);
                jwt_read(small, &of_small);
                assert_int_equal(strlen(of_small.signature), 86); /* 64 bytes */
                if (i >= 20)
                        continue;
                assert_int_equal(sign(keys->p521, 0, &large), 0);
                jwt_read(large, &of_large);
                assert_int_equal(strlen(of_large.signature), 176); /* 132 bytes */
        }
}

static void rfc8725_3_1_a_key_signs_nothing_that_it_is_not_for(void **state)
{
        const struct keys *keys = *state;
        const struct {
                EVP_PKEY *key;
                unsigned algorithm;
        } rows[] = {
                {keys->rsa, JWS_ES256},
                {keys->p256, JWS_RS256},
                {keys->p256, JWS_ES384},
                {keys->p384, JWS_ES256},
                {keys->rsa, JWS_RS256 | JWS_PS256}, /* which of them? */
                {keys->rsa, 1U << 20},
        };
        struct secret *jwt = NULL;

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_int_equal(sign(rows[i].key, rows[i].algorithm, &jwt), -EINVAL);
        assert_null(jwt);
}

static void weak_and_unknown_keys_are_for_nothing(void **state)
{
        EVP_PKEY *keys[] = {forge_rsa(1024), forge_ec("secp256k1"), forge_ec("brainpoolP256r1"),
                            EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
        struct secret *jwt = NULL;

        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                assert_int_equal(jwt_key_algorithms(keys[i]), 0);
                assert_int_equal(sign(keys[i], 0, &jwt), -EINVAL);
                EVP_PKEY_free(keys[i]);
        }
        assert_null(jwt);
}

static void rsa_keys_end_at_8192_bits(void **state)
{
        char n[1368] = "";
        static const struct {
                const char *first;
                unsigned algorithms;
        } rows[] = {{"_", JWS_RSA_ALGORITHMS}, {"B_", 0}};

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                /* 1024 bytes are 1366 characters, the last of which has two bits to spare */
                size_t first = strlen(rows[i].first);
                memset(n, '_', 1366);
                memcpy(n, rows[i].first, first);
                if (i == 0)
                        n[1365] = 'w';
                else
                        n[1366] = '8';
                EVP_PKEY *key = jwt_rsa_from_text(n, "AQAB");
                assert_int_equal(jwt_key_algorithms(key), rows[i].algorithms);
                EVP_PKEY_free(key);
        }
}

static void a_public_key_does_not_sign_and_leaves_no_error_behind(void **state)
{
        EVP_PKEY *key = jwt_p256_from_text("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
                                           "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA");
        struct secret *jwt = NULL;

        assert_int_equal(sign(key, 0, &jwt), -EIO);
        assert_null(jwt);
        assert_int_equal(ERR_peek_error(), 0);
        EVP_PKEY_free(key);
}

static void rfc7518_3_2_another_library_verifies_the_mac(void **state)
{
        _cleanup_secret_ struct secret *key = secret_new("0123456789abcdef0123456789abcde\0", 32);
        _cleanup_secret_ struct secret *jwt = NULL;
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};

        assert_int_equal(sign_mac(key, &jwt), 0);
        jwt_assert_mac(jwt, key);
        jwt_read(jwt, &parts);
        assert_string_equal(jwt_member(parts.header, "alg"), "HS256");
        assert_string_equal(jwt_member(parts.claims, "iss"), "linux-login");
}

static void rfc7518_3_2_a_mac_key_has_at_least_the_bytes_of_the_hash(void **state)
{
        _cleanup_secret_ struct secret *key = secret_new_text("0123456789abcdef0123456789abcde");
        struct secret *jwt = NULL;

        assert_int_equal(sign_mac(key, &jwt), -EINVAL);
        assert_null(jwt);
}

static void tokens_have_an_end(void **state)
{
        const struct keys *keys = *state;
        _cleanup_json_ struct json_object *claims = json_object_new_object();
        _cleanup_free_ char *text = calloc(1, 17 * 1024);

        memset(text, 'x', 17 * 1024 - 1);
        assert_int_equal(jwt_add_text(claims, "iss", text), 0);
        for (size_t size = 12 * 1024; size < 13 * 1024; size += 17) {
                _cleanup_json_ struct json_object *header = json_object_new_object();
                _cleanup_secret_ struct secret *jwt = NULL;
                text[size] = '\0';
                json_object_object_add(claims, "iss", json_object_new_string(text));
                int r = jwt_sign(header, claims, keys->p256, 0, &jwt);
                text[size] = 'x';
                assert_true(r == 0 ? secret_size(jwt) <= (size_t)16 * 1024 : r == -E2BIG && !jwt);
                if (size > 12500)
                        assert_int_equal(r, -E2BIG);
        }
}

static void texts_that_are_not_utf8_are_not_signed(void **state)
{
        const struct keys *keys = *state;
        _cleanup_json_ struct json_object *header = json_object_new_object();
        _cleanup_json_ struct json_object *claims = json_object_new_object();
        struct secret *jwt = NULL;

        assert_int_equal(jwt_add_text(claims, "iss", "caf\xe9"), 0);
        assert_true(jwt_sign(header, claims, keys->p256, 0, &jwt) < 0);
        assert_null(jwt);
}

static void the_signature_does_not_outlive_the_token(void **state)
{
        _cleanup_secret_ struct secret *key = secret_new_text("0123456789abcdef0123456789abcdef");
        _cleanup_secret_ struct secret *jwt = NULL;
        _cleanup_jwt_parts_ struct jwt_parts parts = {0};
        struct secret *again = NULL;

        assert_int_equal(sign_mac(key, &jwt), 0);
        jwt_read(jwt, &parts);
        freed_memory_watch(parts.signature);
        assert_int_equal(sign_mac(key, &again), 0);
        assert_string_equal(secret_bytes(again), secret_bytes(jwt));
        secret_free(again);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc7518_3_another_library_verifies_every_algorithm),
                cmocka_unit_test(a_key_has_its_usual_algorithm),
                cmocka_unit_test(rfc7518_3_4_r_and_s_keep_their_leading_zeros),
                cmocka_unit_test(rfc8725_3_1_a_key_signs_nothing_that_it_is_not_for),
                cmocka_unit_test(weak_and_unknown_keys_are_for_nothing),
                cmocka_unit_test(rsa_keys_end_at_8192_bits),
                cmocka_unit_test(a_public_key_does_not_sign_and_leaves_no_error_behind),
                cmocka_unit_test(rfc7518_3_2_another_library_verifies_the_mac),
                cmocka_unit_test(rfc7518_3_2_a_mac_key_has_at_least_the_bytes_of_the_hash),
                cmocka_unit_test(tokens_have_an_end),
                cmocka_unit_test(texts_that_are_not_utf8_are_not_signed),
                cmocka_unit_test(the_signature_does_not_outlive_the_token),
        };

        return cmocka_run_group_tests(tests, keys_setup, keys_teardown);
}
