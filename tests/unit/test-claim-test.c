/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/claim-test.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/identity.h"
#include "core/text-pairs.h"

static const char body[] = "{\"sub\":\"1\",\"department\":\"ops\",\"groups\":[\"linux\",\"wheel\"],"
                           "\"hd\":\"example.com\","
                           "\"org\":{\"unit\":\"a\"},\"email\":\"a@example.com\",\"empty\":\"\"}";

static void each_test_must_hold(void **state)
{
        static const struct {
                const char *names[3], *values[3], *failing;
        } cases[] = {
                {{NULL}, {NULL}, NULL},
                {{"department"}, {"ops"}, NULL},
                {{"department", "hd"}, {"ops", "example.com"}, NULL},
                {{"department", "groups", "/org/unit"}, {"ops", "wheel", "a"}, NULL},
                {{"groups", "groups"}, {"wheel", "linux"}, NULL},
                {{"groups", "groups"}, {"wheel", "root"}, "groups"},
                {{"department", "hd"}, {"ops", "example.org"}, "hd"},
                {{"department", "hd"}, {"sales", "example.org"}, "department"},
                {{"department"}, {"Ops"}, "department"},
                {{"department"}, {""}, "department"},
                {{"empty"}, {""}, "empty"},
                {{"absent"}, {"ops"}, "absent"},
                {{"email"}, {"a@example.com"}, "email"}, /* nothing vouches for it */
        };
        _cleanup_identity_ struct identity *identity = NULL;
        const char *why = NULL;

        assert_int_equal(identity_new_from_userinfo("corp", "https://issuer.example", "sub", body,
                                                    strlen(body), &identity, &why),
                         0);
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_pairs_ struct text_pairs tests = {0};
                for (size_t n = 0; n < 3 && cases[i].names[n]; n++)
                        assert_int_equal(
                                text_pairs_add(&tests, cases[i].names[n], cases[i].values[n]), 0);
                const char *failing = claim_tests_failing(&tests, identity);
                assert_int_equal(failing != NULL, cases[i].failing != NULL);
                if (failing)
                        assert_string_equal(failing, cases[i].failing);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_test_must_hold),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
