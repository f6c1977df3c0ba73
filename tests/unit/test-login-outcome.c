/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The words and bus errors of outcomes; above all, that nothing unknown becomes a success. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/bus-names.h"
#include "common/cleanup.h"
#include "common/login-outcome.h"

static const struct {
        enum login_outcome outcome;
        const char *word;
        const char *bus_error;
} rows[] = {
        {LOGIN_GRANTED, "granted", NULL},
        {LOGIN_DENIED, "denied", BADGED_ERROR_DENIED},
        {LOGIN_EXPIRED, "expired", BADGED_ERROR_EXPIRED},
        {LOGIN_REFUSED, "refused", BADGED_ERROR_REFUSED},
        {LOGIN_UNAVAILABLE, "unavailable", BADGED_ERROR_UNAVAILABLE},
        {LOGIN_THROTTLED, "throttled", BADGED_ERROR_THROTTLED},
        {LOGIN_CANCELLED, "cancelled", BADGED_ERROR_CANCELLED},
};

static void every_outcome_has_its_word(void **state)
{
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                enum login_outcome outcome;
                assert_string_equal(login_outcome_word(rows[i].outcome), rows[i].word);
                assert_int_equal(login_outcome_from_word(rows[i].word, &outcome), 0);
                assert_int_equal(outcome, rows[i].outcome);
        }
}

static void unknown_words_are_errors(void **state)
{
        static const char *const words[] = {NULL, "", "Granted", "granted ", "grant", "success"};

        for (size_t i = 0; i < ELEMENTSOF(words); i++) {
                enum login_outcome outcome = LOGIN_CANCELLED;
                assert_int_equal(login_outcome_from_word(words[i], &outcome), -EINVAL);
                assert_int_equal(outcome, LOGIN_CANCELLED);
        }
}

static void every_outcome_but_granted_is_a_bus_error(void **state)
{
        assert_null(login_outcome_bus_error(LOGIN_GRANTED));
        for (size_t i = 1; i < ELEMENTSOF(rows); i++) {
                assert_string_equal(login_outcome_bus_error(rows[i].outcome), rows[i].bus_error);
                assert_int_equal(login_outcome_from_bus_error(rows[i].bus_error), rows[i].outcome);
        }
}

static void no_bus_error_means_granted(void **state)
{
        static const struct {
                const char *name;
                enum login_outcome outcome;
        } errors[] = {
                {NULL, LOGIN_UNAVAILABLE},
                {"", LOGIN_UNAVAILABLE},
                {"org.badged.Badged1.Error.Granted", LOGIN_UNAVAILABLE},
                {"org.freedesktop.DBus.Error.NoReply", LOGIN_UNAVAILABLE},
                {"org.freedesktop.DBus.Error.ServiceUnknown", LOGIN_UNAVAILABLE},
                {BADGED_ERROR_NO_SUCH_LOGIN, LOGIN_UNAVAILABLE},
                {BADGED_ERROR_NOT_AUTHORIZED, LOGIN_REFUSED},
        };

        for (size_t i = 0; i < ELEMENTSOF(errors); i++)
                assert_int_equal(login_outcome_from_bus_error(errors[i].name), errors[i].outcome);
}

static void values_beyond_the_list_count_as_refused(void **state)
{
        enum login_outcome beyond = (enum login_outcome)99;

        assert_string_equal(login_outcome_word(beyond), "refused");
        assert_string_equal(login_outcome_bus_error(beyond), BADGED_ERROR_REFUSED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_outcome_has_its_word),
                cmocka_unit_test(unknown_words_are_errors),
                cmocka_unit_test(every_outcome_but_granted_is_a_bus_error),
                cmocka_unit_test(no_bus_error_means_granted),
                cmocka_unit_test(values_beyond_the_list_count_as_refused),
        };
        return cmocka_run_group_tests_name("login-outcome", tests, NULL, NULL);
}
