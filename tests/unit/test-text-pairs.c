/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/text-pairs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void pairs_keep_their_order_and_both_texts(void **state)
{
        _cleanup_pairs_ struct text_pairs pairs = {0};
        char name[] = "prompt", value[] = "";

        assert_int_equal(text_pairs_add(&pairs, name, value), 0);
        assert_int_equal(text_pairs_add(&pairs, "audience", "https://api.example"), 0);
        name[0] = 'x';
        assert_int_equal(pairs.n, 2);
        assert_string_equal(pairs.items[0].name, "prompt");
        assert_string_equal(pairs.items[0].value, "");
        assert_string_equal(pairs.items[1].name, "audience");
        assert_string_equal(pairs.items[1].value, "https://api.example");
}

static void the_first_of_a_name_is_found(void **state)
{
        _cleanup_pairs_ struct text_pairs pairs = {0};

        assert_null(text_pairs_find(NULL, "a"));
        assert_null(text_pairs_find(&pairs, "a"));
        assert_int_equal(text_pairs_add(&pairs, "a", "1"), 0);
        assert_int_equal(text_pairs_add(&pairs, "b", "2"), 0);
        assert_int_equal(text_pairs_add(&pairs, "a", "3"), 0);
        assert_string_equal(text_pairs_find(&pairs, "a"), "1");
        assert_string_equal(text_pairs_find(&pairs, "b"), "2");
        assert_null(text_pairs_find(&pairs, "A"));
        assert_null(text_pairs_find(&pairs, ""));
}

static void a_finished_list_may_be_used_anew(void **state)
{
        _cleanup_pairs_ struct text_pairs pairs = {0};

        for (unsigned i = 0; i < 100; i++) {
                char name[16];
                (void)snprintf(name, sizeof(name), "name%u", i);
                assert_int_equal(text_pairs_add(&pairs, name, "v"), 0);
        }
        assert_int_equal(pairs.n, 100);
        assert_string_equal(pairs.items[99].name, "name99");
        text_pairs_finish(&pairs);
        assert_int_equal(pairs.n, 0);
        assert_null(pairs.items);
        assert_int_equal(text_pairs_add(&pairs, "a", "1"), 0);
        assert_int_equal(pairs.n, 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(pairs_keep_their_order_and_both_texts),
                cmocka_unit_test(the_first_of_a_name_is_found),
                cmocka_unit_test(a_finished_list_may_be_used_anew),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
