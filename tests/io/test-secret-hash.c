/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "io/secret-hash.h"

static void hash(const char *purpose, const char *text, char ret_hash[SECRET_HASH_DIGITS + 1])
{
        _cleanup_secret_ struct secret *secret = secret_new_text(text);

        assert_int_equal(secret_hash(purpose, secret, ret_hash), 0);
        assert_int_equal(strlen(ret_hash), SECRET_HASH_DIGITS);
}

/* By another's BLAKE2b: hashlib.blake2b(b"abc", digest_size=32, person=b"ticket"). */
static void it_is_blake2b_for_a_purpose(void **state)
{
        char found[SECRET_HASH_DIGITS + 1];

        hash("ticket", "abc", found);
        assert_string_equal(found,
                            "6f468cc614c2a78684d1e3dba2bc090c3cb3f2892d4ddfd5d2e106e274ba00aa");
}

static void purposes_and_secrets_tell_hashes_apart(void **state)
{
        char first[SECRET_HASH_DIGITS + 1], second[SECRET_HASH_DIGITS + 1];

        hash("ticket", "abc", first);
        hash("ticket", "abc", second);
        assert_true(secret_hash_equals(first, second));
        hash("factor", "abc", second);
        assert_false(secret_hash_equals(first, second));
        hash("ticket", "abd", second);
        assert_false(secret_hash_equals(first, second));
}

static void one_digit_makes_another_hash(void **state)
{
        char first[SECRET_HASH_DIGITS + 1], second[SECRET_HASH_DIGITS + 1];

        hash("ticket", "abc", first);
        for (size_t i = 0; i < SECRET_HASH_DIGITS; i++) {
                memcpy(second, first, sizeof(first));
                second[i] = second[i] == '0' ? '1' : '0';
                assert_false(secret_hash_equals(first, second));
                second[i] = '\0';
                assert_false(secret_hash_equals(first, second));
                assert_false(secret_hash_equals(second, first));
        }
        assert_false(secret_hash_equals("", ""));
}

static void a_purpose_has_at_most_sixteen_bytes(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("abc");
        char found[SECRET_HASH_DIGITS + 1] = "untouched";

        assert_int_equal(secret_hash("0123456789abcdef", secret, found), 0);
        (void)strcpy(found, "untouched");
        assert_int_equal(secret_hash("0123456789abcdefg", secret, found), -EINVAL);
        assert_string_equal(found, "untouched");
}

static void secrets_are_of_the_size_asked_for_and_never_the_same(void **state)
{
        static const size_t sizes[] = {0, 1, 16, 31, 32, 33, 100};

        for (size_t i = 0; i < ELEMENTSOF(sizes); i++) {
                _cleanup_secret_ struct secret *first = NULL, *second = NULL;
                assert_int_equal(secret_hash_make_secret(sizes[i], &first), 0);
                assert_int_equal(secret_hash_make_secret(sizes[i], &second), 0);
                assert_int_equal(secret_size(first), sizes[i]);
                if (sizes[i] >= 16)
                        assert_memory_not_equal(secret_bytes(first), secret_bytes(second),
                                                sizes[i]);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(it_is_blake2b_for_a_purpose),
                cmocka_unit_test(purposes_and_secrets_tell_hashes_apart),
                cmocka_unit_test(one_digit_makes_another_hash),
                cmocka_unit_test(a_purpose_has_at_most_sixteen_bytes),
                cmocka_unit_test(secrets_are_of_the_size_asked_for_and_never_the_same),
        };
        return cmocka_run_group_tests_name("secret-hash", tests, NULL, NULL);
}
