/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which words, escapes and bytes are JSON's, and how many members they make. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "core/json-lexer.h"

#define DEPTH 3

struct refusal {
        const char *text;
        const char *why;
};

static void check_refused(const struct refusal *rows, size_t n_rows)
{
        for (size_t i = 0; i < n_rows; i++) {
                size_t members = 77;
                const char *why = NULL;
                if (json_lexer_check(rows[i].text, strlen(rows[i].text), DEPTH, &members, &why) !=
                    -EBADMSG)
                        fail_msg("'%s' was let in", rows[i].text);
                assert_string_equal(why, rows[i].why);
                assert_int_equal(members, 77);
        }
}

static void members_are_colons_outside_strings(void **state)
{
        static const struct {
                const char *text;
                size_t members;
        } rows[] = {
                {"{}", 0},
                {"{\"a\":1}", 1},
                {"{\"a:b\":\":\\\":\"}", 1},
                {"{\"a\":{\"b\":1},\"c\":[{\"d\":2}]}", 4},
                {"{\"a\":1,\"a\":1}", 2},
                {"[]", 0},
                {"{\"a\":\"\\\\\",\"b\":\"\\uD83D\\udE00\"}", 2},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                size_t members;
                const char *why = NULL;
                assert_int_equal(
                        json_lexer_check(rows[i].text, strlen(rows[i].text), DEPTH, &members, &why),
                        0);
                assert_int_equal(members, rows[i].members);
        }
}

static void depth_is_bounded(void **state)
{
        static const struct refusal rows[] = {
                {"[[[[1]]]]", "nested too deeply"},
                {"{\"a\":[{\"b\":[", "nested too deeply"},
                {"]", "unbalanced brackets"},
        };
        size_t members;
        const char *why = NULL;

        check_refused(rows, ELEMENTSOF(rows));
        assert_int_equal(json_lexer_check("[[[]],[[]]]", 11, DEPTH, &members, &why), 0);
}

static void nul_is_refused(void **state)
{
        static const struct refusal rows[] = {
                {"[\"a\\u0000b\"]", "NUL in a string"},
        };
        static const char in_string[] = "[\"\0\"]", outside[] = "[\0]", escaped[] = "[\"\\\0\"]";
        size_t members;
        const char *why = NULL;

        check_refused(rows, ELEMENTSOF(rows));
        assert_int_equal(json_lexer_check(in_string, 5, DEPTH, &members, &why), -EBADMSG);
        assert_int_equal(json_lexer_check(outside, 3, DEPTH, &members, &why), -EBADMSG);
        assert_int_equal(json_lexer_check(escaped, 6, DEPTH, &members, &why), -EBADMSG);
}

/* In memory of exactly that size, for the sanitizers. */
static void text_may_stop_anywhere(void **state)
{
        static const char text[] = "{\"a\":[true,null,-1.5e+3,\"\\ud83d\\ude00\\n\xE2\x82\xAC\"]} ";

        for (size_t size = 0; size < sizeof(text); size++) {
                _cleanup_free_ char *copy = malloc(size);
                size_t members;
                const char *why = NULL;
                if (size > 0)
                        memcpy(copy, text, size);
                int r = json_lexer_check(copy, size, DEPTH, &members, &why);
                assert_true(r == 0 || (r == -EBADMSG && why));
        }
}

/* Two subjects that differ in them only would be equal after json-c. */
static void half_surrogates_are_refused(void **state)
{
        static const struct refusal rows[] = {
                {"{\"a\":\"\\ud800\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\udc00\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\ud800x\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\ud800\\n\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\ud800\\ud800\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\udc00\\ud800\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\ud800\\u0041\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\ud800\\ue000\"}", "half a surrogate pair in a string"},
                {"{\"a\":\"\\udc00\\udc00\"}", "half a surrogate pair in a string"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static void what_is_not_utf8_is_refused(void **state)
{
        static const struct refusal rows[] = {
                {"{\"a\":\"\xFF\"}", "not UTF-8"},         {"{\"a\":\"\xC0\xAF\"}", "not UTF-8"},
                {"{\"a\":\"\xED\xA0\x80\"}", "not UTF-8"}, {"{\"a\":\"\xE2\x82\"}", "not UTF-8"},
                {"{\"\xF4\x90\x80\x80\":1}", "not UTF-8"}, {"\xEF\xBB\xBF{}", "not a word of JSON"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static void nothing_is_not_a_text(void **state)
{
        static const struct refusal rows[] = {{"", "empty"}, {" \r\n\t", "empty"}};
        check_refused(rows, ELEMENTSOF(rows));
}

static void words_that_json_lacks_are_refused(void **state)
{
        static const struct refusal rows[] = {
                {"{\"a\":NaN}", "not a word of JSON"},
                {"{\"a\":nan}", "not a word of JSON"},
                {"{\"a\":Infinity}", "not a word of JSON"},
                {"{\"a\":-Infinity}", "bad number"},
                {"{\"a\":TRUE}", "not a word of JSON"},
                {"{\"a\":nul}", "not a word of JSON"},
                {"{'a':1}", "not a word of JSON"},
                {"{\"a\":1}/* x */", "trailing bytes"},
                {"{/* x */}", "not a word of JSON"},
                {"{\"a\":\"\\x41\"}", "bad escape in a string"},
                {"{\"a\":\"\\u12g4\"}", "bad escape in a string"},
                {"{\"a\":\"\\u12", "bad escape in a string"},
                {"{\"a\":\"\n\"}", "control character in a string"},
                {"{\"a\":\"", "unfinished string"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static void numbers_follow_the_grammar(void **state)
{
        static const struct refusal rows[] = {
                {"{\"a\":01}", "bad number"},          {"{\"a\":-}", "bad number"},
                {"{\"a\":1.}", "bad number"},          {"{\"a\":.5}", "not a word of JSON"},
                {"{\"a\":1e}", "bad number"},          {"{\"a\":1e+}", "bad number"},
                {"{\"a\":0x10}", "bad number"},        {"{\"a\":+1}", "not a word of JSON"},
                {"{\"a\":1_0}", "not a word of JSON"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

static void trailing_bytes_are_refused(void **state)
{
        static const struct refusal rows[] = {
                {"{}{}", "trailing bytes"},
                {"{} x", "trailing bytes"},
                {"{},", "trailing bytes"},
                {"{}}", "trailing bytes"},
        };
        check_refused(rows, ELEMENTSOF(rows));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(members_are_colons_outside_strings),
                cmocka_unit_test(depth_is_bounded),
                cmocka_unit_test(nul_is_refused),
                cmocka_unit_test(text_may_stop_anywhere),
                cmocka_unit_test(half_surrogates_are_refused),
                cmocka_unit_test(what_is_not_utf8_is_refused),
                cmocka_unit_test(nothing_is_not_a_text),
                cmocka_unit_test(words_that_json_lacks_are_refused),
                cmocka_unit_test(numbers_follow_the_grammar),
                cmocka_unit_test(trailing_bytes_are_refused),
        };
        return cmocka_run_group_tests_name("json-lexer", tests, NULL, NULL);
}
