/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/text-list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void texts_keep_their_order(void **state)
{
        _cleanup_list_ struct text_list list = {0};
        char first[] = "wheel";

        assert_int_equal(text_list_add(&list, first), 0);
        assert_int_equal(text_list_add(&list, "ops"), 0);
        assert_int_equal(text_list_add(&list, "wheel"), 0);
        first[0] = 'W';
        assert_int_equal(list.n, 3);
        assert_string_equal(list.items[0], "wheel");
        assert_string_equal(list.items[1], "ops");
        assert_string_equal(list.items[2], "wheel");
}

static void a_text_is_there_whole_or_not_at_all(void **state)
{
        _cleanup_list_ struct text_list list = {0};

        assert_false(text_list_has(NULL, "ops"));
        assert_false(text_list_has(&list, "ops"));
        assert_int_equal(text_list_add(&list, "wheel"), 0);
        assert_int_equal(text_list_add(&list, "ops"), 0);
        assert_true(text_list_has(&list, "ops"));
        assert_false(text_list_has(&list, "op"));
        assert_false(text_list_has(&list, "Ops"));
        assert_false(text_list_has(&list, ""));
        text_list_finish(&list);
        assert_int_equal(list.n, 0);
        assert_null(list.items);
        assert_false(text_list_has(&list, "ops"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_keep_their_order),
                cmocka_unit_test(a_text_is_there_whole_or_not_at_all),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
