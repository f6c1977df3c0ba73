/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a secret holds, its limits, and that it leaves nothing behind. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/secret.h"
#include "freed-memory.h"

static void holds_a_copy_and_a_nul(void **state)
{
        char bytes[] = {'a', '\0', 'b'};
        _cleanup_secret_ struct secret *secret = secret_new(bytes, sizeof(bytes));

        memset(bytes, 'x', sizeof(bytes));
        assert_int_equal(secret_size(secret), 3);
        assert_memory_equal(secret_bytes(secret), "a\0b", 4);
}

static void may_be_empty(void **state)
{
        _cleanup_secret_ struct secret *none = secret_new(NULL, 0);
        _cleanup_secret_ struct secret *text = secret_new_text("");

        assert_int_equal(secret_size(none), 0);
        assert_string_equal(secret_bytes(none), "");
        assert_int_equal(secret_size(text), 0);
        assert_null(secret_free(NULL));
}

static void grows_by_appending(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new(NULL, 0);
        char expected[1001] = {0};

        for (size_t i = 0; i < 1000; i++) {
                expected[i] = (char)('a' + i % 26);
                assert_int_equal(secret_append(secret, &expected[i], 1, 1000), 0);
                assert_int_equal(secret_bytes(secret)[i + 1], '\0');
        }
        assert_string_equal(secret_bytes(secret), expected);
        assert_int_equal(secret_size(secret), 1000);
}

static void append_stops_at_the_limit(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("abc");

        assert_int_equal(secret_append_text(secret, "d", 3), -E2BIG);
        assert_int_equal(secret_append_text(secret, "de", 4), -E2BIG);
        assert_int_equal(secret_append_text(secret, "d", 2), -E2BIG);
        assert_string_equal(secret_bytes(secret), "abc");
        assert_int_equal(secret_append_text(secret, "d", 4), 0);
        assert_string_equal(secret_bytes(secret), "abcd");
}

static void sizes_that_would_wrap_are_refused(void **state)
{
        _cleanup_secret_ struct secret *secret = secret_new_text("a");

        assert_int_equal(secret_append(secret, "b", SIZE_MAX - 1, SIZE_MAX), -E2BIG);
        assert_int_equal(secret_append(secret, "b", SIZE_MAX / 2, SIZE_MAX), -E2BIG);
        assert_null(secret_new("b", SIZE_MAX));
        assert_string_equal(secret_bytes(secret), "a");
}

static void erase_overwrites(void **state)
{
        char bytes[] = "hunter2";

        secret_erase(bytes, sizeof(bytes));
        for (size_t i = 0; i < sizeof(bytes); i++)
                assert_int_equal(bytes[i], 0);
        secret_erase(NULL, 0);
}

static void nothing_stays_behind_when_growing_or_freed(void **state)
{
        static const char needle[] = "c0rrect-horse-battery";

        freed_memory_watch(needle);
        struct secret *secret = secret_new_text(needle);
        for (size_t i = 0; i < 500; i++)
                assert_int_equal(secret_append_text(secret, "-staple", 10000), 0);
        (void)secret_free(secret);
        assert_int_equal(freed_memory_count(), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(holds_a_copy_and_a_nul),
                cmocka_unit_test(may_be_empty),
                cmocka_unit_test(grows_by_appending),
                cmocka_unit_test(append_stops_at_the_limit),
                cmocka_unit_test(sizes_that_would_wrap_are_refused),
                cmocka_unit_test(erase_overwrites),
                cmocka_unit_test(nothing_stays_behind_when_growing_or_freed),
        };
        return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
