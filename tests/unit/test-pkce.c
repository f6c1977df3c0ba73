/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The example of RFC 7636 appendix B, and what is no verifier. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/pkce.h"
#include "freed-memory.h"

static const unsigned char random_bytes[PKCE_RANDOM_BYTES] = {
        116, 24,  223, 180, 151, 153, 224, 37,  79, 250, 96, 125, 216, 173, 187, 186,
        22,  212, 37,  77,  105, 214, 191, 240, 91, 88,  5,  88,  83,  132, 141, 121};

static void rfc7636_4_1_the_verifier_is_the_random_bytes(void **state)
{
        _cleanup_secret_ struct secret *verifier = NULL;

        assert_int_equal(pkce_verifier_new(random_bytes, &verifier), 0);
        assert_string_equal(secret_bytes(verifier), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_int_equal(secret_size(verifier), 43);
}

static void rfc7636_4_2_the_challenge_is_its_hash(void **state)
{
        _cleanup_secret_ struct secret *verifier = secret_new_text(
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        _cleanup_free_ char *challenge = NULL;

        assert_int_equal(pkce_challenge_new(verifier, &challenge), 0);
        assert_string_equal(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void rfc7636_4_1_a_verifier_has_43_to_128_unreserved_characters(void **state)
{
        static const struct {
                size_t size;
                int result;
        } sizes[] = {{0, -EINVAL}, {42, -EINVAL}, {43, 0}, {128, 0}, {129, -EINVAL}};

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                char text[130] = "";
                memset(text, '~', sizes[i].size);
                _cleanup_secret_ struct secret *verifier = secret_new_text(text);
                _cleanup_free_ char *challenge = NULL;
                assert_int_equal(pkce_challenge_new(verifier, &challenge), sizes[i].result);
                assert_int_equal(!challenge, sizes[i].result < 0);
        }
        for (unsigned c = 0; c < 256; c++) {
                static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                            "0123456789-._~";
                char text[43];
                memset(text, 'a', sizeof(text));
                text[20] = (char)c;
                _cleanup_secret_ struct secret *verifier = secret_new(text, sizeof(text));
                _cleanup_free_ char *challenge = NULL;
                assert_int_equal(pkce_challenge_new(verifier, &challenge),
                                 c && strchr(plain, (int)c) ? 0 : -EINVAL);
        }
}

static void the_verifier_does_not_stay_on_the_heap(void **state)
{
        struct secret *verifier = NULL;
        char *challenge = NULL;

        freed_memory_watch("dBjftJeZ4CVP");
        assert_int_equal(pkce_verifier_new(random_bytes, &verifier), 0);
        assert_int_equal(pkce_challenge_new(verifier, &challenge), 0);
        (void)secret_free(verifier);
        free(challenge);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rfc7636_4_1_the_verifier_is_the_random_bytes),
                cmocka_unit_test(rfc7636_4_2_the_challenge_is_its_hash),
                cmocka_unit_test(rfc7636_4_1_a_verifier_has_43_to_128_unreserved_characters),
                cmocka_unit_test(the_verifier_does_not_stay_on_the_heap),
        };
        return cmocka_run_group_tests_name("pkce", tests, NULL, NULL);
}
