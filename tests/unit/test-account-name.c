/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which local account names are let in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/account-name.h"
#include "common/cleanup.h"

struct row {
        const char *name;
        bool valid;
};

static void check(const struct row *rows, size_t n_rows)
{
        for (size_t i = 0; i < n_rows; i++)
                if (account_name_is_valid(rows[i].name) != rows[i].valid)
                        fail_msg("'%s'", rows[i].name ? rows[i].name : "(null)");
}

static void ordinary_names_are_valid(void **state)
{
        static const struct row rows[] = {
                {"alice", true}, {"_apt", true},       {"a", true},        {"bob2", true},
                {"x-y", true},   {"first.last", true}, {"a_b.c-d9", true}, {"svc-", true},
        };
        check(rows, ELEMENTSOF(rows));
}

static void nothing_is_not_a_name(void **state)
{
        static const struct row rows[] = {{NULL, false}, {"", false}};
        check(rows, ELEMENTSOF(rows));
}

static void first_character_is_a_letter_or_underscore(void **state)
{
        static const struct row rows[] = {
                {"-rf", false}, {".hidden", false}, {"9lives", false},
                {"0", false},   {"Alice", false},   {" a", false},
        };
        check(rows, ELEMENTSOF(rows));
}

/* GHSA-x259-23ph-65m5: line break and colon in a name that was written to a file. */
static void separators_and_foreign_bytes_are_refused(void **state)
{
        static const struct row rows[] = {
                {"a:b", false},   {"a\nb", false},  {"a\n", false},      {"a/b", false},
                {"a b", false},   {"a@b", false},   {"a$", false},       {"a;b", false},
                {"aB", false},    {"a*", false},    {"\xC3\xA9", false}, {"a\xC3\xA9", false},
                {"a\x01", false}, {"a\x7F", false}, {"a\\b", false},     {"a'", false},
        };
        check(rows, ELEMENTSOF(rows));
}

static void a_dot_does_not_end_a_name(void **state)
{
        static const struct row rows[] = {{"a.", false}, {"a..", false}, {"a.b", true}};
        check(rows, ELEMENTSOF(rows));
}

static void length_ends_at_32_bytes(void **state)
{
        static const struct row rows[] = {
                {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", true},
                {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
                {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
        };
        check(rows, ELEMENTSOF(rows));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(ordinary_names_are_valid),
                cmocka_unit_test(nothing_is_not_a_name),
                cmocka_unit_test(first_character_is_a_letter_or_underscore),
                cmocka_unit_test(separators_and_foreign_bytes_are_refused),
                cmocka_unit_test(a_dot_does_not_end_a_name),
                cmocka_unit_test(length_ends_at_32_bytes),
        };
        return cmocka_run_group_tests_name("account-name", tests, NULL, NULL);
}
