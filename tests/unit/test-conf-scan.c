/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/conf-scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/text.h"

/* What the scan says of the text: "1 [s]", "2 [s] k=v", "3 ! reason", joined by newlines. */
static void describe(const char *bytes, size_t size, char *buffer, size_t buffer_size)
{
        _cleanup_(conf_scan_freep) struct conf_scan *scan = NULL;
        FILE *out = fmemopen(buffer, buffer_size, "w");

        assert_non_null(out);
        assert_int_equal(conf_scan_new(bytes, size, &scan), 0);
        for (;;) {
                struct conf_line line = conf_scan_next(scan);
                if (line.kind == CONF_END)
                        break;
                if (line.kind == CONF_FLAW)
                        assert_true(line.mend && *line.mend);
                if (line.kind == CONF_FLAW)
                        fprintf(out, "%u ! %s\n", line.number, line.reason);
                else if (line.kind == CONF_SECTION)
                        fprintf(out, "%u [%s]\n", line.number, line.section);
                else
                        fprintf(out, "%u [%s] %s=%s\n", line.number, line.section, line.key,
                                line.value);
        }
        fputc('\0', out);
        fclose(out);
}

static void expect(const char *bytes, size_t size, const char *expected)
{
        char said[2048];

        describe(bytes, size, said, sizeof(said));
        assert_string_equal(said, expected);
}

#define EXPECT(text, expected) expect(text, sizeof(text) - 1, expected)

static void keys_have_section_line_and_trimmed_value(void **state)
{
        EXPECT("", "");
        EXPECT("[badged]\n\n a = 1\nb=\t2 \nc =\n", "1 [badged]\n3 [badged] a=1\n4 [badged] b=2\n"
                                                    "5 [badged] c=\n");
        EXPECT("[provider corp]\nissuer = https://x/?a=b",
               "1 [provider corp]\n"
               "2 [provider corp] issuer=https://x/?a=b\n");
}

static void comments_are_whole_lines_or_stand_behind_a_blank(void **state)
{
        EXPECT("# a\n; b = c\n\t# d\n[s] \n", "4 [s]\n");
        EXPECT("[s]\nk = v ; w\nl = v\t# w = x\nm = # w\n",
               "1 [s]\n2 [s] k=v\n3 [s] l=v\n4 [s] m=\n");
}

#define CUT "the value has '#' or ';' in it, which starts a comment\n"

static void a_comment_character_inside_a_value_is_a_flaw(void **state)
{
        EXPECT("[s]\nk = a#b\n", "1 [s]\n2 ! " CUT);
        EXPECT("[s]\nk = a;b\n", "1 [s]\n2 ! " CUT);
        EXPECT("[s]\nk =#b\n", "1 [s]\n2 ! " CUT);
        EXPECT("[s]\nk = a;b # c\n", "1 [s]\n2 ! " CUT);
}

static void a_line_without_equals_is_a_flaw(void **state)
{
        EXPECT("[s]\nk = v\ncontinued\n", "1 [s]\n2 [s] k=v\n3 ! the line has no '='\n");
        EXPECT("[s]\nk = v\n   continued\n", "1 [s]\n2 [s] k=v\n3 ! the line has no '='\n");
}

static void a_key_is_one_word_below_a_section(void **state)
{
        EXPECT("[s]\n= v\n", "1 [s]\n2 ! what stands before '=' is not a key\n");
        EXPECT("[s]\na b = v\n", "1 [s]\n2 ! what stands before '=' is not a key\n");
        EXPECT("k = v\n", "1 ! the key stands above the first section\n");
}

static void quotes_around_a_value_are_a_flaw(void **state)
{
        EXPECT("[s]\nk = \"v\"\n", "1 [s]\n2 ! the value has quotes around it\n");
        EXPECT("[s]\nk = \"v\n", "1 [s]\n2 ! the value has quotes around it\n");
        EXPECT("[s]\nk = v\"\n", "1 [s]\n2 ! the value has quotes around it\n");
}

#define NAMELESS "! this is not the name of a section\n"

static void keys_below_a_flawed_section_are_left_out(void **state)
{
        EXPECT("[s\nk = v\n[t]\nl = w\n",
               "1 ! the section line does not end in ]\n3 [t]\n4 [t] l=w\n");
        EXPECT("[a]\n[s] x\nk = v\n", "1 [a]\n2 ! there is text behind the section name\n");
        EXPECT("[]\n[ s]\n[s ]\n[a  b]\n[a b c]\n[a/b]\n",
               "1 " NAMELESS "2 " NAMELESS "3 " NAMELESS "4 " NAMELESS "5 " NAMELESS "6 " NAMELESS);
}

#define CONTROL "the line has a control character in it, or is not UTF-8\n"

static void bytes_that_are_not_text_are_flaws(void **state)
{
        EXPECT("[s]\nk = a\0b\n", "1 [s]\n2 ! the line has a NUL byte in it\n");
        EXPECT("[s]\r\nk = v\n", "1 ! " CONTROL "2 ! the key stands above the first section\n");
        EXPECT("[s]\nk = \x1b[31m\n", "1 [s]\n2 ! " CONTROL);
        EXPECT("[s]\nk = \xff\n", "1 [s]\n2 ! " CONTROL);
        EXPECT("# \xff\n", "1 ! " CONTROL);
}

static void a_line_may_have_4096_bytes_and_no_more(void **state)
{
        char text[CONF_LINE_MAX_BYTES + 2];

        memset(text, '#', sizeof(text));
        text[CONF_LINE_MAX_BYTES] = '\n';
        expect(text, CONF_LINE_MAX_BYTES + 1, "");
        text[CONF_LINE_MAX_BYTES] = '#';
        expect(text, CONF_LINE_MAX_BYTES + 1, "1 ! the line is longer than 4096 bytes\n");
}

static void comments_can_be_taken_out(void **state)
{
        static const struct {
                const char *text, *left;
        } rows[] = {
                {"", ""},
                {"[a]\nk = v\n", "[a]\nk = v\n"},
                {"# one # two\n[a]\n;\nk = v", "\n[a]\n\nk = v"},
                {"[a]\n \t \n  # x\n k = v\t; y = \"#\n\n", "[a]\n\n\n k = v\n\n"},
                {"k = v#w ;x", "k = v#w"},
                {" # x", ""},
                {"k\n#", "k\n"},
                {"k\n \t", "k\n"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                size_t size = strlen(rows[i].text);
                _cleanup_free_ char *text = malloc(size + 1);
                assert_non_null(text);
                memcpy(text, rows[i].text, size); /* without the NUL */
                assert_int_equal(conf_scan_drop_comments(text, size), strlen(rows[i].left));
                assert_memory_equal(text, rows[i].left, strlen(rows[i].left));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(keys_have_section_line_and_trimmed_value),
                cmocka_unit_test(comments_are_whole_lines_or_stand_behind_a_blank),
                cmocka_unit_test(a_comment_character_inside_a_value_is_a_flaw),
                cmocka_unit_test(a_line_without_equals_is_a_flaw),
                cmocka_unit_test(a_key_is_one_word_below_a_section),
                cmocka_unit_test(quotes_around_a_value_are_a_flaw),
                cmocka_unit_test(keys_below_a_flawed_section_are_left_out),
                cmocka_unit_test(bytes_that_are_not_text_are_flaws),
                cmocka_unit_test(a_line_may_have_4096_bytes_and_no_more),
                cmocka_unit_test(comments_can_be_taken_out),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
