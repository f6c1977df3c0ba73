/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/text-lines.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void paragraphs_break_at_blanks(void **state)
{
        static const struct {
                const char *paragraph;
                size_t columns;
                const char *text;
        } cases[] = {
                {"one two three", 80, "one two three"},
                {"one two three", 13, "one two three"},
                {"one two three", 12, "one two\nthree"},
                {"one two three", 7, "one two\nthree"},
                {"one two three", 6, "one\ntwo\nthree"},
                {"one two three", 4, "one\ntwo\nthre\ne"},
                {"onetwothree", 4, "onet\nwoth\nree"},
                {"a onetwothree", 4, "a\nonet\nwoth\nree"},
                {"  one   two  ", 80, "one   two  "},
                {"one     two", 4, "one \ntwo"},
                {"äöü ßéè", 3, "äöü\nßéè"},
                {"äöüß", 2, "äö\nüß"},
                {"x y", 1, "x\ny"},
                {"", 10, ""},
                {"   ", 10, ""},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_lines_ struct text_lines lines = {0};
                _cleanup_free_ char *text = NULL;
                assert_int_equal(
                        text_lines_add_paragraph(&lines, cases[i].paragraph, cases[i].columns), 0);
                assert_int_equal(text_lines_join(&lines, &text), 0);
                assert_string_equal(text, cases[i].text);
                assert_true(text_lines_columns(&lines) <= cases[i].columns);
        }
}

static void text_comes_apart_at_newlines_and_must_be_printable(void **state)
{
        static const struct {
                const char *text;
                int r;
                size_t n, columns;
        } cases[] = {
                {"", 0, 1, 0},
                {"one", 0, 1, 3},
                {"█▀\n▄ █\n", 0, 3, 3},
                {"one\r\ntwo", -EBADMSG, 0, 0},
                {"one\ntw\033o", -EBADMSG, 0, 0},
                {"one\n\xE2\x96\n", -EBADMSG, 0, 0},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_lines_ struct text_lines lines = {0};
                assert_int_equal(text_lines_add_text(&lines, cases[i].text), cases[i].r);
                if (cases[i].r < 0)
                        continue;
                assert_int_equal(lines.n, cases[i].n);
                assert_int_equal(text_lines_columns(&lines), cases[i].columns);
        }
}

static void rows_count_what_the_window_wraps(void **state)
{
        static const struct {
                const char *text;
                size_t columns, rows;
        } cases[] = {
                {"", 10, 1},          {"0123456789", 10, 1}, {"0123456789A", 10, 2},
                {"0123456789", 3, 4}, {"a\n\nb", 10, 3},     {"ää\nä", 1, 3},
                {"012345\n67", 3, 3},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_lines_ struct text_lines lines = {0};
                assert_int_equal(text_lines_add_text(&lines, cases[i].text), 0);
                assert_int_equal(text_lines_rows(&lines, cases[i].columns), cases[i].rows);
        }
}

static void lists_are_copied_and_emptied(void **state)
{
        _cleanup_lines_ struct text_lines lines = {0}, others = {0};
        _cleanup_free_ char *text = NULL;

        assert_int_equal(text_lines_add(&lines, "%s %d", "one", 1), 0);
        assert_int_equal(text_lines_add_text(&others, "two\nthree"), 0);
        assert_int_equal(text_lines_add_lines(&lines, &others), 0);
        text_lines_finish(&others);
        assert_int_equal(others.n, 0);
        assert_int_equal(text_lines_columns(&others), 0);
        assert_int_equal(text_lines_rows(&others, 10), 0);
        assert_int_equal(text_lines_join(&lines, &text), 0);
        assert_string_equal(text, "one 1\ntwo\nthree");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(paragraphs_break_at_blanks),
                cmocka_unit_test(text_comes_apart_at_newlines_and_must_be_printable),
                cmocka_unit_test(rows_count_what_the_window_wraps),
                cmocka_unit_test(lists_are_copied_and_emptied),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
