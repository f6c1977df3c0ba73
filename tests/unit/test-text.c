/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text and numbers from outside: what passes, what is changed, what is refused. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/text.h"

static const char *const well_formed[] = {
        "",
        "plain ASCII ~",
        "\xC2\xA0\xDF\xBF",                                 /* U+00A0 U+07FF */
        "\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBD", /* U+0800 U+D7FF U+E000 U+FFFD */
        "\xF0\x90\x80\x80\xF4\x8F\xBF\xBD",                 /* U+10000 U+10FFFD */
};

static const char *const ill_formed[] = {
        "\x80",
        "\xBF",
        "\xC0\xAF",
        "\xC1\xBF", /* stray, overlong */
        "\xE0\x9F\xBF",
        "\xE0\x80\xAF",
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xED\xA0\x80",
        "\xED\xBF\xBF", /* surrogates */
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFF", /* too high */
        "\xC2",
        "\xE2\x82",
        "\xF0\x9F\x98", /* cut */
        "\xC2 ",
        "\xE2\x82 ",
        "\xF0\x9F\x98 ",
        "\xE2 \x82", /* broken off */
};

static void utf8_is_table_3_7_of_unicode(void **state)
{
        for (size_t i = 0; i < ELEMENTSOF(well_formed); i++)
                assert_true(text_is_utf8(well_formed[i], strlen(well_formed[i])));
        for (size_t i = 0; i < ELEMENTSOF(ill_formed); i++)
                assert_false(text_is_utf8(ill_formed[i], strlen(ill_formed[i])));
}

static void utf8_ends_with_its_size(void **state)
{
        assert_true(text_is_utf8("a\0b", 3));
        assert_false(text_is_utf8("\xE2\x82\xAC", 2));
        assert_true(text_is_utf8("\xE2\x82\xAC", 3));
}

static void printable_is_utf8_without_controls(void **state)
{
        static const char *const controls[] = {
                "\n",           "\x1B[31m",     "\x7F",         "\xC2\x80",
                "\xC2\x9F",     "\xC2\xAD",     "\xD8\x9C",     "\xE2\x80\x8B",
                "\xE2\x80\x8F", "\xE2\x80\xA8", "\xE2\x80\xAE", "\xE2\x81\xA0",
                "\xE2\x81\xA9", "\xEF\xBB\xBF", "\xEF\xBF\xBB", "\xF3\xA0\x81\x81",
        };

        for (size_t i = 0; i < ELEMENTSOF(well_formed); i++)
                assert_true(text_is_printable(well_formed[i]));
        for (size_t i = 0; i < ELEMENTSOF(ill_formed); i++)
                assert_false(text_is_printable(ill_formed[i]));
        for (size_t i = 0; i < ELEMENTSOF(controls); i++)
                assert_false(text_is_printable(controls[i]));
        assert_true(text_is_printable("WDJB-MJHT \xF0\x9F\x98\x80"));
}

static void sanitise_replaces_and_cuts(void **state)
{
        static const struct {
                const char *text;
                size_t max_bytes;
                const char *result;
        } rows[] = {
                {NULL, 10, ""},
                {"", 10, ""},
                {"plain", 10, "plain"},
                {"plain", 5, "plain"},
                {"plain", 4, "plai"},
                {"plain", 0, ""},
                {"a\x1B[2Jb\r\n", 20, "a?[2Jb??"},
                {"\xC3\xA9t\xC3\xA9", 5, "\xC3\xA9t\xC3\xA9"},
                {"\xC3\xA9t\xC3\xA9", 4, "\xC3\xA9t"},
                {"\xF0\x9F\x98\x80", 3, ""},
                {"a\xC0\xAF"
                 "b",
                 10, "a??b"},
                {"a\xE2\x82", 10, "a??"},
                {"x\xE2\x80\xAEy", 10, "x?y"},
                {"x\xE2\x80\xAEy", 2, "x?"},
                {"\xC2\x9B"
                 "31m",
                 10, "?31m"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_free_ char *result = text_sanitise(rows[i].text, rows[i].max_bytes);
                assert_string_equal(result, rows[i].result);
                assert_true(text_is_printable(result));
        }
}

static void numbers_are_digits_within_bounds(void **state)
{
        static const struct {
                const char *text;
                uint64_t min, max;
                int r;
                uint64_t number;
        } rows[] = {
                {"0", 0, 10, 0, 0},
                {"10", 0, 10, 0, 10},
                {"007", 0, 10, 0, 7},
                {"11", 0, 10, -ERANGE, 0},
                {"1", 2, 10, -ERANGE, 0},
                {"18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX},
                {"18446744073709551616", 0, UINT64_MAX, -ERANGE, 0},
                {"99999999999999999999999", 0, UINT64_MAX, -ERANGE, 0},
                {"99999999999999999999999x", 0, UINT64_MAX, -EINVAL, 0},
                {"", 0, 10, -EINVAL, 0},
                {" 1", 0, 10, -EINVAL, 0},
                {"1 ", 0, 10, -EINVAL, 0},
                {"+1", 0, 10, -EINVAL, 0},
                {"-1", 0, 10, -EINVAL, 0},
                {"0x1", 0, 10, -EINVAL, 0},
                {"1.0", 0, 10, -EINVAL, 0},
                {"\xD9\xA1", 0, 10, -EINVAL, 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                uint64_t number = 0;
                assert_int_equal(text_parse_number(rows[i].text, rows[i].min, rows[i].max, &number),
                                 rows[i].r);
                assert_int_equal(number, rows[i].number);
        }
}

static void https_urls_only(void **state)
{
        static const struct {
                const char *text;
                bool is_url;
        } rows[] = {
                {"https://example.com", true},
                {"https://example.com/device?user_code=WDJB-MJHT", true},
                {"https://example.com:8443/", true},
                {"https://[2001:db8::1]:8443/x", true},
                {"https://xn--bcher-kva.example/%C3%A9", true},
                {"https://e?x=a@b", true},
                {"", false},
                {"http://example.com", false},
                {"HTTPS://example.com", false},
                {"https:/example.com", false},
                {"https://", false},
                {"https:///path", false},
                {"https://?x", false},
                {"https://:443/", false},
                {"https://user@example.com/", false},
                {"https://good.example@evil.example/", false},
                {"https://example.com/#x", false},
                {"https://example.com/a b", false},
                {"https://example.com/a\nb", false},
                {"https://example.com/a\tb", false},
                {"https://example.com\\@evil.example/", false},
                {"https://example.com/\"", false},
                {"https://example.com/<x>", false},
                {"https://b\xC3\xBC"
                 "cher.example/",
                 false},
                {"https://example.com/\x7F", false},
                {" https://example.com", false},
                {"javascript:https://example.com", false},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (text_is_https_url(rows[i].text) != rows[i].is_url)
                        fail_msg("'%s'", rows[i].text);
}

static void columns_are_characters(void **state)
{
        assert_int_equal(text_columns(""), 0);
        assert_int_equal(text_columns("abc"), 3);
        assert_int_equal(text_columns("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80x"), 4);
}

static void a_log_field_cannot_end_early(void **state)
{
        static const struct {
                const char *text, *field;
        } cases[] = {
                {NULL, "-"},
                {"", "-"},
                {"sshd", "sshd"},
                {"sshd origin=203.0.113.9", "sshd?origin?203.0.113.9"},
                {"a\"b'c\\d", "a?b?c?d"},
                {"a\nb", "a?b"},
        };
        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *field = text_log_field(cases[i].text, 64);
                assert_string_equal(field, cases[i].field);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_log_field_cannot_end_early),
                cmocka_unit_test(utf8_is_table_3_7_of_unicode),
                cmocka_unit_test(utf8_ends_with_its_size),
                cmocka_unit_test(printable_is_utf8_without_controls),
                cmocka_unit_test(sanitise_replaces_and_cuts),
                cmocka_unit_test(numbers_are_digits_within_bounds),
                cmocka_unit_test(https_urls_only),
                cmocka_unit_test(columns_are_characters),
        };
        return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
