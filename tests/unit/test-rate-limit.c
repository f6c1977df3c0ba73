/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/rate-limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define SEC 1000000ULL

static struct rate_limit *new_limit(unsigned per_minute)
{
        struct rate_limit *limit;

        assert_int_equal(rate_limit_new(per_minute, &limit), 0);
        return limit;
}

static void so_many_at_once_and_no_more(void **state)
{
        _cleanup_(rate_limit_freep) struct rate_limit *limit = new_limit(6);

        for (unsigned i = 0; i < 6; i++)
                assert_int_equal(rate_limit_take(limit, "a", 5 * SEC), 1);
        assert_int_equal(rate_limit_take(limit, "a", 5 * SEC), 0);
        assert_int_equal(rate_limit_take(limit, "a", 15 * SEC - 1), 0);
}

static void then_one_for_each_step(void **state)
{
        _cleanup_(rate_limit_freep) struct rate_limit *limit = new_limit(6);

        for (unsigned i = 0; i < 6; i++)
                (void)rate_limit_take(limit, "a", 0);
        for (uint64_t at = 10 * SEC; at <= 100 * SEC; at += 10 * SEC) {
                assert_int_equal(rate_limit_take(limit, "a", at), 1);
                assert_int_equal(rate_limit_take(limit, "a", at), 0);
        }
}

static void being_refused_costs_nothing(void **state)
{
        _cleanup_(rate_limit_freep) struct rate_limit *limit = new_limit(1);

        assert_int_equal(rate_limit_take(limit, "a", 0), 1);
        for (uint64_t at = 0; at < 60 * SEC; at += SEC)
                assert_int_equal(rate_limit_take(limit, "a", at), 0);
        assert_int_equal(rate_limit_take(limit, "a", 60 * SEC), 1);
}

static void sources_do_not_pay_for_each_other(void **state)
{
        _cleanup_(rate_limit_freep) struct rate_limit *limit = new_limit(1);

        assert_int_equal(rate_limit_take(limit, "a", 0), 1);
        assert_int_equal(rate_limit_take(limit, "a", 0), 0);
        assert_int_equal(rate_limit_take(limit, "b", 0), 1);
        assert_int_equal(rate_limit_take(limit, NULL, 0), 1);
        assert_int_equal(rate_limit_take(limit, NULL, 0), 0);
}

static void a_full_table_forgets_who_was_seen_longest_ago(void **state)
{
        _cleanup_(rate_limit_freep) struct rate_limit *limit = new_limit(1);
        char name[16];

        for (unsigned i = 0; i < RATE_LIMIT_SOURCES_MAX; i++) {
                (void)snprintf(name, sizeof(name), "s%u", i);
                assert_int_equal(rate_limit_take(limit, name, i), 1);
        }
        assert_int_equal(rate_limit_take(limit, "one more", RATE_LIMIT_SOURCES_MAX), 1);
        assert_int_equal(rate_limit_take(limit, "s1", RATE_LIMIT_SOURCES_MAX), 0);
        assert_int_equal(rate_limit_take(limit, "s0", RATE_LIMIT_SOURCES_MAX), 1);
}

static void nothing_is_freed_gladly(void **state)
{
        assert_null(rate_limit_free(NULL));
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(so_many_at_once_and_no_more),
                cmocka_unit_test(then_one_for_each_step),
                cmocka_unit_test(being_refused_costs_nothing),
                cmocka_unit_test(sources_do_not_pay_for_each_other),
                cmocka_unit_test(a_full_table_forgets_who_was_seen_longest_ago),
                cmocka_unit_test(nothing_is_freed_gladly),
        };
        return cmocka_run_group_tests_name("rate-limit", tests, NULL, NULL);
}
