/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/tally.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#define NAMES 500

static void nothing_is_counted_before_it_is_added(void **state)
{
        struct tally tally = {0};

        assert_int_equal(tally_count(&tally, "alice", "ssh"), 0);
        assert_int_equal(tally_count(&tally, "alice", NULL), 0);
        assert_int_equal(tally_count(&tally, NULL, "ssh"), 0);
        assert_int_equal(tally_count(&tally, NULL, NULL), 0);
}

static void each_text_and_both_together_are_counted(void **state)
{
        static const struct {
                const char *first, *second;
                size_t n;
        } expected[] = {
                {"alice", "here", 2}, {"alice", "there", 1}, {"bob", "here", 1},
                {"bob", "there", 0},  {"alice", NULL, 3},    {"bob", NULL, 1},
                {NULL, "here", 3},    {NULL, "there", 1},    {NULL, NULL, 4},
                {"ali", NULL, 0},     {"here", NULL, 0},     {NULL, "alice", 0},
        };
        struct tally tally = {0};

        assert_int_equal(tally_add(&tally, "alice", "here"), 0);
        assert_int_equal(tally_add(&tally, "alice", "here"), 0);
        assert_int_equal(tally_add(&tally, "alice", "there"), 0);
        assert_int_equal(tally_add(&tally, "bob", "here"), 0);
        for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
                assert_int_equal(tally_count(&tally, expected[i].first, expected[i].second),
                                 expected[i].n);

        tally_take(&tally, "alice", "here");
        assert_int_equal(tally_count(&tally, "alice", "here"), 1);
        tally_take(&tally, "alice", "here");
        tally_take(&tally, "alice", "there");
        assert_int_equal(tally_count(&tally, "alice", NULL), 0);
        assert_int_equal(tally_count(&tally, NULL, "here"), 1);
        tally_take(&tally, "bob", "here");
        assert_null(tally.root);
}

/* "ab" from "c" is not "a" from "bc", and an empty text is not "any". */
static void texts_do_not_run_into_each_other(void **state)
{
        struct tally tally = {0};

        assert_int_equal(tally_add(&tally, "ab", "c"), 0);
        assert_int_equal(tally_add(&tally, "", "c"), 0);
        assert_int_equal(tally_count(&tally, "a", "bc"), 0);
        assert_int_equal(tally_count(&tally, "", "c"), 1);
        assert_int_equal(tally_count(&tally, "", NULL), 1);
        assert_int_equal(tally_count(&tally, NULL, "c"), 2);
        assert_int_equal(tally_count(&tally, "ab", ""), 0);
        tally_take(&tally, "", "c");
        assert_int_equal(tally_count(&tally, "ab", "c"), 1);
        tally_take(&tally, "ab", "c");
        assert_null(tally.root);
}

/* The counts outlive the texts that they were asked with. */
static void texts_are_copied(void **state)
{
        struct tally tally = {0};
        char account[] = "alice", source[] = "here";

        assert_int_equal(tally_add(&tally, account, source), 0);
        account[0] = source[0] = 'x';
        assert_int_equal(tally_count(&tally, "alice", "here"), 1);
        assert_int_equal(tally_count(&tally, account, source), 0);
        tally_take(&tally, "alice", "here");
        assert_null(tally.root);
}

static void taking_what_is_not_there_changes_nothing(void **state)
{
        struct tally tally = {0};

        tally_take(&tally, "alice", "here");
        assert_null(tally.root);
        assert_int_equal(tally_count(&tally, NULL, NULL), 0);
}

static void many_names_in_any_order(void **state)
{
        struct tally tally = {0};
        char account[16], source[16];

        for (unsigned i = 0; i < NAMES; i++) {
                (void)snprintf(account, sizeof(account), "a%u", i * 7 % NAMES);
                (void)snprintf(source, sizeof(source), "s%u", i % 10);
                assert_int_equal(tally_add(&tally, account, source), 0);
        }
        assert_int_equal(tally_count(&tally, NULL, NULL), NAMES);
        assert_int_equal(tally_count(&tally, NULL, "s3"), NAMES / 10);
        assert_int_equal(tally_count(&tally, "a499", NULL), 1);
        for (unsigned i = NAMES; i-- > 0;) {
                (void)snprintf(account, sizeof(account), "a%u", i * 7 % NAMES);
                (void)snprintf(source, sizeof(source), "s%u", i % 10);
                tally_take(&tally, account, source);
                assert_int_equal(tally_count(&tally, NULL, NULL), i);
        }
        assert_null(tally.root);
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_is_counted_before_it_is_added),
                cmocka_unit_test(each_text_and_both_together_are_counted),
                cmocka_unit_test(texts_do_not_run_into_each_other),
                cmocka_unit_test(texts_are_copied),
                cmocka_unit_test(taking_what_is_not_there_changes_nothing),
                cmocka_unit_test(many_names_in_any_order),
        };
        return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
