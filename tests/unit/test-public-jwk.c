/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/cleanup.h"
#include "core/public-jwk.h"
#include "jwt-reader.h"
#include "token-forge.h"

/* The example's own values. */
#define RFC7638_N                                                                                 \
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_" \
        "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0" \
        "_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWh" \
        "AI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
#define RFC7638_THUMBPRINT "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"

static void rfc7638_3_1_the_example_has_its_thumbprint(void **state)
{
        _cleanup_free_ char *jwk = NULL, *thumbprint = NULL;
        EVP_PKEY *key = jwt_rsa_from_text(RFC7638_N, "AQAB");

        assert_int_equal(public_jwk_new(key, &jwk), 0);
        assert_string_equal(jwk, "{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"" RFC7638_N "\"}");
        assert_int_equal(public_jwk_thumbprint(key, &thumbprint), 0);
        assert_string_equal(thumbprint, RFC7638_THUMBPRINT);
        EVP_PKEY_free(key);
}

static void rfc7518_6_2_coordinates_keep_their_leading_zeros(void **state)
{
        static const char *const curves[] = {"P-256", "P-384", "P-521"};
        static const size_t lengths[] = {43, 64, 88};

        for (size_t i = 0; i < ELEMENTSOF(curves); i++)
                for (int times = 0; times < 300; times++) { /* P-521's are rarely full */
                        _cleanup_free_ char *jwk = NULL;
                        EVP_PKEY *key = forge_ec(curves[i]);

                        assert_int_equal(public_jwk_new(key, &jwk), 0);
                        EVP_PKEY_free(key);
                        const char *crv = strstr(jwk, curves[i]), *x = strstr(jwk, "\"x\":\""),
                                   *y = strstr(jwk, "\"y\":\"");
                        assert_true(crv && x && y);
                        assert_int_equal(strcspn(x + 5, "\""), lengths[i]);
                        assert_int_equal(strcspn(y + 5, "\""), lengths[i]);
                }
}

static void nothing_private_is_in_it(void **state)
{
        EVP_PKEY *keys[] = {forge_rsa(2048), forge_ec("P-256")};

        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                _cleanup_free_ char *jwk = NULL, *same = forge_jwk(keys[i], "");

                assert_int_equal(public_jwk_new(keys[i], &jwk), 0);
                assert_int_equal(strlen(jwk), strlen(same)); /* the order differs */
                assert_null(strstr(jwk, "\"d\""));
                EVP_PKEY_free(keys[i]);
        }
}

static void keys_that_badged_does_not_use_have_none(void **state)
{
        EVP_PKEY *keys[] = {forge_rsa(1024), forge_ec("secp256k1"), forge_ec("P-224"),
                            EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")};
        char *const untouched = (char *)"untouched";

        for (size_t i = 0; i < ELEMENTSOF(keys); i++) {
                char *text = untouched;

                assert_int_equal(public_jwk_new(keys[i], &text), -EINVAL);
                assert_int_equal(public_jwk_thumbprint(keys[i], &text), -EINVAL);
                assert_ptr_equal(text, untouched);
                EVP_PKEY_free(keys[i]);
        }
        assert_int_equal(ERR_peek_error(), 0);
}

/* Where the modulus is bounded, the exponent need not be. */
static void an_enormous_exponent_has_no_place(void **state)
{
        char e[1400] = "", *text = NULL;

        memset(e, 'x', sizeof(e) - 4);
        EVP_PKEY *key = jwt_rsa_from_text(RFC7638_N, e);
        assert_int_equal(public_jwk_new(key, &text), -EINVAL);
        assert_null(text);
        EVP_PKEY_free(key);
}

/* The curve and nothing else is known of it. */
static void a_key_without_a_public_half_has_none(void **state)
{
        char *text = NULL;
        EVP_PKEY *key = EVP_PKEY_new(), *whole = forge_ec("P-256");

        assert_int_equal(EVP_PKEY_copy_parameters(key, whole), 1);
        assert_int_equal(public_jwk_new(key, &text), -EINVAL);
        assert_null(text);
        assert_int_equal(ERR_peek_error(), 0);
        EVP_PKEY_free(whole);
        EVP_PKEY_free(key);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc7638_3_1_the_example_has_its_thumbprint),
                cmocka_unit_test(rfc7518_6_2_coordinates_keep_their_leading_zeros),
                cmocka_unit_test(nothing_private_is_in_it),
                cmocka_unit_test(keys_that_badged_does_not_use_have_none),
                cmocka_unit_test(an_enormous_exponent_has_no_place),
                cmocka_unit_test(a_key_without_a_public_half_has_none),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
