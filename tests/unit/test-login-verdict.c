/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/login-verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void only_the_daemon_grants(void **state)
{
        struct login_verdict verdict = {0};

        assert_false(login_verdict_is_granted(&verdict));
        login_verdict_set(&verdict, LOGIN_GRANTED, NULL);
        assert_false(login_verdict_is_granted(&verdict));
        login_verdict_set_foreign(&verdict, LOGIN_GRANTED, NULL);
        assert_true(login_verdict_is_granted(&verdict));
}

static void nothing_but_granted_is_granted(void **state)
{
        for (enum login_outcome outcome = LOGIN_DENIED; outcome <= LOGIN_CANCELLED; outcome++) {
                struct login_verdict verdict;

                login_verdict_set_foreign(&verdict, outcome, "");
                assert_false(login_verdict_is_granted(&verdict));
                assert_true(verdict.from_daemon);
        }
}

static void every_outcome_has_a_sentence(void **state)
{
        for (enum login_outcome outcome = LOGIN_GRANTED; outcome <= LOGIN_CANCELLED; outcome++) {
                struct login_verdict verdict;

                login_verdict_set(&verdict, outcome, NULL);
                assert_int_equal(verdict.reason[strlen(verdict.reason) - 1], '.');
                login_verdict_set_foreign(&verdict, outcome, "");
                assert_int_equal(verdict.reason[strlen(verdict.reason) - 1], '.');
        }
}

static void foreign_sentence_is_made_printable(void **state)
{
        struct login_verdict verdict;

        login_verdict_set_foreign(&verdict, LOGIN_DENIED, "No\033[2J\nreally");
        assert_string_equal(verdict.reason, "No?[2J?really");
}

static void foreign_sentence_is_cut(void **state)
{
        static char sentence[LOGIN_REASON_MAX_BYTES + 100];
        struct login_verdict verdict;

        memset(sentence, 'a', sizeof(sentence) - 1);
        login_verdict_set_foreign(&verdict, LOGIN_DENIED, sentence);
        assert_int_equal(strlen(verdict.reason), LOGIN_REASON_MAX_BYTES);
}

static void own_sentence_withdraws_the_daemon(void **state)
{
        struct login_verdict verdict;

        login_verdict_set_foreign(&verdict, LOGIN_GRANTED, "Yes.");
        login_verdict_set(&verdict, LOGIN_GRANTED, "Yes.");
        assert_false(login_verdict_is_granted(&verdict));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_the_daemon_grants),
                cmocka_unit_test(nothing_but_granted_is_granted),
                cmocka_unit_test(every_outcome_has_a_sentence),
                cmocka_unit_test(foreign_sentence_is_made_printable),
                cmocka_unit_test(foreign_sentence_is_cut),
                cmocka_unit_test(own_sentence_withdraws_the_daemon),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
