/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The picture's shape; that it scans is shown by test_qr_scans.py. */
#include "core/qr-text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "common/text.h"

#define BIG_COLUMNS 400
#define BIG_LINES   400

/* An address of this many bytes; lower case, so that each takes eight bits. */
static char *address_new(size_t size)
{
        static const char start[] = "https://";
        char *address = malloc(size + 1);

        assert_non_null(address);
        memset(address, 'x', size);
        memcpy(address, start, size < sizeof(start) - 1 ? size : sizeof(start) - 1);
        address[size] = '\0';
        return address;
}

static char *picture_new(size_t address_size, enum qr_style style, unsigned columns, unsigned lines)
{
        _cleanup_free_ char *address = address_new(address_size);
        char *picture = NULL;

        assert_int_equal(qr_text_new(address, style, columns, lines, &picture), 0);
        return picture;
}

static size_t count_lines(const char *text)
{
        size_t n = 1;

        for (; *text; text++)
                n += *text == '\n';
        return n;
}

static void words_name_styles(void **state)
{
        static const struct {
                const char *word;
                int r;
                enum qr_style style;
        } cases[] = {
                {"none", 0, QR_NONE},
                {"utf8", 0, QR_UTF8},
                {"utf8-inverse", 0, QR_UTF8_INVERSE},
                {"ascii", 0, QR_ASCII},
                {"UTF8", -EINVAL, QR_NONE},
                {"auto", -EINVAL, QR_NONE},
                {"", -EINVAL, QR_NONE},
                {NULL, -EINVAL, QR_NONE},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                enum qr_style style = QR_NONE;
                assert_int_equal(qr_style_from_word(cases[i].word, &style), cases[i].r);
                assert_int_equal(style, cases[i].style);
        }
}

/* ISO/IEC 18004 table 7: bytes that a version holds at level L. */
static void smallest_version_at_level_l_with_two_quiet_modules(void **state)
{
        static const struct {
                size_t address_size, side;
        } cases[] = {
                {17, 25}, {18, 29}, {32, 29}, {33, 33},  {53, 33},  {54, 37},
                {62, 37}, {78, 37}, {79, 41}, {106, 41}, {107, 45}, {2048, 153},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *half = picture_new(cases[i].address_size, QR_UTF8, BIG_COLUMNS,
                                                        BIG_LINES);
                _cleanup_free_ char *ascii = picture_new(cases[i].address_size, QR_ASCII,
                                                         BIG_COLUMNS, BIG_LINES);
                assert_non_null(half);
                assert_non_null(ascii);
                assert_int_equal(count_lines(half), (cases[i].side + 1) / 2);
                assert_int_equal(count_lines(ascii), cases[i].side);

                *strchr(half, '\n') = '\0';
                *strchr(ascii, '\n') = '\0';
                assert_int_equal(text_columns(half), cases[i].side);
                assert_int_equal(text_columns(ascii), 2 * cases[i].side);
        }
}

static void lines_have_equal_width_and_hold_blocks_only(void **state)
{
        static const struct {
                enum qr_style style;
                const char *quiet;
                size_t columns;
        } cases[] = {
                {QR_UTF8, "█", 37},
                {QR_UTF8_INVERSE, " ", 37},
                {QR_ASCII, "@", 74},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *picture = picture_new(62, cases[i].style, BIG_COLUMNS,
                                                           BIG_LINES);
                assert_non_null(picture);
                for (size_t column = 0; column < cases[i].columns; column++)
                        assert_memory_equal(picture + column * strlen(cases[i].quiet),
                                            cases[i].quiet, strlen(cases[i].quiet));

                char *rest = picture, *line;
                while ((line = strsep(&rest, "\n"))) {
                        assert_true(text_is_printable(line));
                        assert_int_equal(text_columns(line), cases[i].columns);
                }
        }
}

static void inverse_draws_what_the_other_leaves_out(void **state)
{
        static const struct {
                const char *light, *inverse;
        } pairs[] = {{"█", " "}, {"▀", "▄"}, {"▄", "▀"}, {" ", "█"}, {"\n", "\n"}};
        _cleanup_free_ char *light = picture_new(62, QR_UTF8, BIG_COLUMNS, BIG_LINES);
        _cleanup_free_ char *inverse = picture_new(62, QR_UTF8_INVERSE, BIG_COLUMNS, BIG_LINES);

        const char *a = light, *b = inverse;
        while (*a) {
                size_t i = 0;
                while (i < ELEMENTSOF(pairs) &&
                       strncmp(a, pairs[i].light, strlen(pairs[i].light)) != 0)
                        i++;
                assert_true(i < ELEMENTSOF(pairs));
                assert_memory_equal(b, pairs[i].inverse, strlen(pairs[i].inverse));
                a += strlen(pairs[i].light);
                b += strlen(pairs[i].inverse);
        }
        assert_string_equal(b, "");
}

static void left_out_when_it_does_not_fit(void **state)
{
        static const struct {
                size_t address_size;
                enum qr_style style;
                unsigned columns, lines;
                bool drawn;
        } cases[] = {
                {78, QR_UTF8, 80, 24, true},   {79, QR_UTF8, 80, 24, false},
                {78, QR_UTF8, 37, 24, true},   {78, QR_UTF8, 36, 24, false},
                {78, QR_UTF8, 80, 23, false},  {78, QR_UTF8_INVERSE, 37, 24, true},
                {78, QR_ASCII, 80, 24, false}, {78, QR_ASCII, 74, 42, true},
                {78, QR_ASCII, 73, 42, false}, {78, QR_ASCII, 74, 41, false},
                {17, QR_UTF8, 80, 18, true},   {17, QR_UTF8, 80, 17, false},
                {17, QR_UTF8, 80, 5, false},   {17, QR_UTF8, 80, 1, false},
                {17, QR_UTF8, 0, 0, false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *picture = picture_new(cases[i].address_size, cases[i].style,
                                                           cases[i].columns, cases[i].lines);
                assert_int_equal(picture != NULL, cases[i].drawn);
        }
}

static void nothing_to_draw_is_no_error(void **state)
{
        static const struct {
                size_t address_size;
                enum qr_style style;
                bool drawn;
        } cases[] = {
                {62, QR_NONE, false},
                {0, QR_UTF8, false},
                {QR_ADDRESS_MAX_BYTES, QR_UTF8, true},
                {QR_ADDRESS_MAX_BYTES + 1, QR_UTF8, false},
                {100000, QR_UTF8, false},
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *picture = picture_new(cases[i].address_size, cases[i].style,
                                                           BIG_COLUMNS, BIG_LINES);
                assert_int_equal(picture != NULL, cases[i].drawn);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_name_styles),
                cmocka_unit_test(smallest_version_at_level_l_with_two_quiet_modules),
                cmocka_unit_test(lines_have_equal_width_and_hold_blocks_only),
                cmocka_unit_test(inverse_draws_what_the_other_leaves_out),
                cmocka_unit_test(left_out_when_it_does_not_fit),
                cmocka_unit_test(nothing_to_draw_is_no_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
