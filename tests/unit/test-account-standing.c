/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/account-standing.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"

static void only_the_value_that_is_wanted_stands(void **state)
{
        static const struct {
                const char *body, *why;
        } rows[] = {
                {"{\"on\":true}", NULL},
                {"{\"on\":\"true\"}", NULL},
                {"{\"on\":false}", "the account does not stand at the provider any more"},
                {"{\"on\":\"True\"}", "the account does not stand at the provider any more"},
                {"{\"on\":1}", "the account does not stand at the provider any more"},
                {"{\"on\":null}", "the provider does not say whether the account stands"},
                {"{\"on\":[true]}", "the provider does not say whether the account stands"},
                {"{\"on\":{\"on\":true}}", "the provider does not say whether the account stands"},
                {"{}", "the provider does not say whether the account stands"},
                {"{\"on\":true,\"on\":false}", "duplicate member names"},
                {"", "empty"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                const char *why = NULL;
                int r = account_standing_read(rows[i].body, strlen(rows[i].body), "/on", "true",
                                              &why);
                assert_int_equal(r, rows[i].why ? -EBADMSG : 0);
                if (rows[i].why)
                        assert_string_equal(why, rows[i].why);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_the_value_that_is_wanted_stands),
        };
        return cmocka_run_group_tests_name("account-standing", tests, NULL, NULL);
}
