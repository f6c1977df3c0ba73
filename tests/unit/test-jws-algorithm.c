/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jws-algorithm.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

static void the_nine_names_have_bits(void **state)
{
        static const char *const names[] = {"RS256", "RS384", "RS512", "PS256", "PS384",
                                            "PS512", "ES256", "ES384", "ES512"};
        unsigned all = 0;

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                unsigned bit = 0;
                char digest[8] = "SHA";
                assert_int_equal(jws_algorithm_from_name(names[i], &bit), 0);
                assert_string_equal(jws_algorithm_name(bit), names[i]);
                strcat(digest, names[i] + 2);
                assert_string_equal(jws_algorithm_digest(bit), digest);
                assert_int_equal(all & bit, 0);
                all |= bit;
        }
        assert_int_equal(all, JWS_DEFAULT_ALGORITHMS);
}

/* RFC 8725 sections 2.1, 3.1 and 3.2 */
static void rfc8725_none_and_mac_and_eddsa_have_none(void **state)
{
        static const struct {
                const char *name, *why;
        } cases[] = {
                {"none", "the token is not signed"},
                {"None", "the token is not signed"},
                {"HS256",
                 "the token is authenticated with a shared secret, which is never accepted"},
                {"HS512",
                 "the token is authenticated with a shared secret, which is never accepted"},
                {"EdDSA",
                 "EdDSA signatures are not supported; let the provider sign with RS256 or ES256"},
                {"Ed25519",
                 "EdDSA signatures are not supported; let the provider sign with RS256 or ES256"},
                {"ES256K", "the signature algorithm is unknown"},
                {"rs256", "the signature algorithm is unknown"},
                {"RS256 ", "the signature algorithm is unknown"},
                {"RSA-OAEP", "the signature algorithm is unknown"},
                {"", "the signature algorithm is unknown"},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                unsigned bit = 4711;
                assert_int_equal(jws_algorithm_from_name(cases[i].name, &bit), -EINVAL);
                assert_int_equal(bit, 4711);
                assert_string_equal(jws_algorithm_refusal(cases[i].name), cases[i].why);
        }
}

static void sets_have_no_name(void **state)
{
        assert_null(jws_algorithm_name(0));
        assert_null(jws_algorithm_name(JWS_RS256 | JWS_ES256));
        assert_null(jws_algorithm_digest(0));
        assert_null(jws_algorithm_digest(JWS_RS256 | JWS_PS256));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_nine_names_have_bits),
                cmocka_unit_test(rfc8725_none_and_mac_and_eddsa_have_none),
                cmocka_unit_test(sets_have_no_name),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
