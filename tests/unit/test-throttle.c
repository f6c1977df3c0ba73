/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/throttle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/cleanup.h"

#define NOW 1800000000

static struct throttle after(uint64_t n_failures)
{
        return (struct throttle){n_failures, NOW, NOW};
}

static void failures_cost_nothing_then_twice_as_much_each(void **state)
{
        static const uint64_t waits_sec[] = {0,  0,   0,   5,   10,   20,   40,
                                             80, 160, 320, 640, 1280, 2560, 3600};
        struct throttle throttle = {0};

        for (size_t i = 0; i < ELEMENTSOF(waits_sec); i++) {
                assert_int_equal(throttle.n_failures, i);
                assert_int_equal(throttle_wait_sec(&throttle, NOW), waits_sec[i]);
                throttle_count(&throttle, NOW);
        }
}

static void no_number_of_failures_costs_more_than_an_hour(void **state)
{
        static const uint64_t numbers[] = {14, 64, 65, 1000000, UINT64_MAX};

        for (size_t i = 0; i < ELEMENTSOF(numbers); i++) {
                struct throttle throttle = after(numbers[i]);
                assert_int_equal(throttle_wait_sec(&throttle, NOW), 3600);
                assert_int_equal(throttle_wait_sec(&throttle, NOW + 3599), 1);
                assert_int_equal(throttle_wait_sec(&throttle, NOW + 3600), 0);
        }
}

static void the_wait_runs_from_the_last_failure(void **state)
{
        struct throttle throttle = after(2);

        throttle_count(&throttle, NOW + 100);
        assert_int_equal(throttle.first_at_sec, NOW);
        assert_int_equal(throttle.last_at_sec, NOW + 100);
        assert_int_equal(throttle_wait_sec(&throttle, NOW + 104), 1);
        assert_int_equal(throttle_wait_sec(&throttle, NOW + 105), 0);
        assert_int_equal(throttle_wait_sec(&throttle, NOW + 106), 0);
}

static void a_day_without_any_is_a_new_beginning(void **state)
{
        struct throttle throttle = after(9);

        assert_false(throttle_is_over(&throttle, NOW + 86399));
        assert_true(throttle_is_over(&throttle, NOW + 86400));
        throttle_count(&throttle, NOW + 86399);
        assert_int_equal(throttle.n_failures, 10);
        throttle_count(&throttle, NOW + 86399 + 86400);
        assert_int_equal(throttle.n_failures, 1);
        assert_int_equal(throttle.first_at_sec, NOW + 86399 + 86400);
        assert_int_equal(throttle_wait_sec(&throttle, NOW + 86399 + 86400), 0);
}

static void nothing_is_over_from_the_beginning(void **state)
{
        struct throttle throttle = {0};

        assert_true(throttle_is_over(&throttle, 0));
        assert_int_equal(throttle_wait_sec(&throttle, 0), 0);
        throttle_count(&throttle, 0);
        assert_false(throttle_is_over(&throttle, 0));
}

static void a_clock_set_back_lengthens_no_wait(void **state)
{
        struct throttle throttle = after(5);

        assert_int_equal(throttle_wait_sec(&throttle, 7), 20);
        assert_false(throttle_is_over(&throttle, 7));
        assert_true(throttle_heed_clock(&throttle, 7));
        assert_int_equal(throttle.n_failures, 5);
        assert_int_equal(throttle.first_at_sec, 7);
        assert_int_equal(throttle_wait_sec(&throttle, 26), 1);
        assert_int_equal(throttle_wait_sec(&throttle, 27), 0);
        assert_false(throttle_heed_clock(&throttle, 7));
        assert_false(throttle_heed_clock(&throttle, 8));
        throttle.last_at_sec = 9;
        assert_true(throttle_heed_clock(&throttle, 8));
        assert_int_equal(throttle.first_at_sec, 7);
        assert_int_equal(throttle.last_at_sec, 8);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(failures_cost_nothing_then_twice_as_much_each),
                cmocka_unit_test(no_number_of_failures_costs_more_than_an_hour),
                cmocka_unit_test(the_wait_runs_from_the_last_failure),
                cmocka_unit_test(a_day_without_any_is_a_new_beginning),
                cmocka_unit_test(nothing_is_over_from_the_beginning),
                cmocka_unit_test(a_clock_set_back_lengthens_no_wait),
        };
        return cmocka_run_group_tests_name("throttle", tests, NULL, NULL);
}
