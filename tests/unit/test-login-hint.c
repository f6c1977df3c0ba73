/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/login-hint.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

static void the_account_stands_in_its_places(void **state)
{
        static const struct {
                const char *form, *suffix, *expected;
        } rows[] = {
                {NULL, NULL, "alice"},
                {NULL, "@example.com", "alice@example.com"},
                {"{account}@corp", "@example.com", "alice@corp"},
                {"corp\\{account}", NULL, "corp\\alice"},
                {"{account}+{account}", NULL, "alice+alice"},
                {"everybody", NULL, "everybody"},
                {"{account", NULL, "{account"},
                {"", NULL, ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_free_ char *hint = NULL;
                assert_int_equal(login_hint_new(rows[i].form, "alice", rows[i].suffix, &hint), 0);
                assert_string_equal(hint, rows[i].expected);
        }
}

/* What the account is called must not be taken for a place again. */
static void a_place_is_filled_once(void **state)
{
        _cleanup_free_ char *hint = NULL;

        assert_int_equal(login_hint_new("<{account}>", "{account}", NULL, &hint), 0);
        assert_string_equal(hint, "<{account}>");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_account_stands_in_its_places),
                cmocka_unit_test(a_place_is_filled_once),
        };
        return cmocka_run_group_tests_name("login-hint", tests, NULL, NULL);
}
