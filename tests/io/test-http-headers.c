/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "io/http-headers.h"

struct row {
        const char *value;
        uint64_t seconds;
};

static void retry_after_takes_seconds_within_an_hour(void **state)
{
        static const struct row rows[] = {
                {"7", 7},
                {"1", 1},
                {"3600", 3600},
                {"3601", 3600},
                {"0", 1},
                {"00", 1},
                {"007", 7},
                {"18446744073709551615", 3600},
                {"99999999999999999999", 3600},
                {"999999999999999999999999999999", 3600},
                {"", 0},
                {"-1", 0},
                {"+1", 0},
                {"1.5", 0},
                {"7 ", 0},
                {"7s", 0},
                {"Wed, 21 Oct 2026 07:28:00 GMT", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_int_equal(http_retry_after_sec(rows[i].value), rows[i].seconds);
}

static void max_age_is_at_most_a_day(void **state)
{
        static const struct row rows[] = {
                {"max-age=600", 600},
                {"MAX-AGE=600", 600},
                {"public, max-age=600, must-revalidate", 600},
                {" public ,\tmax-age=600 ", 600},
                {"max-age=0", 0},
                {"max-age=86400", 86400},
                {"max-age=86401", 86400},
                {"max-age=99999999999999999999999", 86400},
                {"max-age=600,no-store", 0},
                {"No-Cache, max-age=600", 0},
                {"max-age=", 0},
                {"max-age=x", 0},
                {"max-age=6 0", 0},
                {"max-age=\"600\"", 0},
                {"s-maxage=600", 0},
                {"x-max-age=600", 0},
                {"no-storefront, max-age=600", 600},
                {",,,", 0},
                {"", 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_int_equal(http_max_age_sec(rows[i].value), rows[i].seconds);
}

static void rfc9449_8_1_a_nonce_is_short_and_printable(void **state)
{
        static const struct {
                const char *value;
                bool valid;
        } rows[] = {
                {"eyJ7S_zG.eyJH0-Z.HX4w-7v", true},
                {"!#[]~", true},
                {"", false},
                {" ", false},
                {"a b", false},
                {"a\"b", false},
                {"a\\b", false},
                {"a\x7f", false},
                {"a\x1f", false},
                {"caf\xc3\xa9", false},
        };
        char edge[HTTP_NONCE_MAX_BYTES + 2];

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                assert_int_equal(http_nonce_is_valid(rows[i].value), rows[i].valid);
        memset(edge, 'x', sizeof(edge) - 1);
        edge[HTTP_NONCE_MAX_BYTES + 1] = '\0';
        assert_false(http_nonce_is_valid(edge));
        edge[HTTP_NONCE_MAX_BYTES] = '\0';
        assert_true(http_nonce_is_valid(edge));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(retry_after_takes_seconds_within_an_hour),
                cmocka_unit_test(max_age_is_at_most_a_day),
                cmocka_unit_test(rfc9449_8_1_a_nonce_is_short_and_printable),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
