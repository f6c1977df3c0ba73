/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/json-lexer.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"

/* What is left to read, and what has been seen. */
struct json_lexer {
        const char *at;
        const char *end;
        size_t depth;
        size_t members;
        bool after_comma;
        const char *why;
};

static bool lexer_refuses(struct json_lexer *lexer, const char *why)
{
        lexer->why = why;
        return false;
}

static bool lexer_skips(struct json_lexer *lexer, char c)
{
        if (lexer->at == lexer->end || *lexer->at != c)
                return false;
        lexer->at++;
        return true;
}

static bool lexer_skips_digits(struct json_lexer *lexer)
{
        const char *start = lexer->at;

        while (lexer->at < lexer->end && isdigit((unsigned char)*lexer->at))
                lexer->at++;
        return lexer->at > start;
}

/* The four hexadecimal digits after \u; -1 when there are none. */
static int lexer_hex(struct json_lexer *lexer)
{
        int unit = 0;

        if (lexer->end - lexer->at < 4)
                return -1;
        for (size_t i = 0; i < 4; i++) {
                int c = tolower((unsigned char)*lexer->at++);
                if (!isxdigit(c))
                        return -1;
                unit = unit << 4 | (isdigit(c) ? c - '0' : c - 'a' + 10);
        }
        return unit;
}

/* json-c replaces half a surrogate pair by U+FFFD, which makes different names equal. */
static bool lexer_reads_unicode_escape(struct json_lexer *lexer)
{
        int unit = lexer_hex(lexer);

        if (unit < 0)
                return lexer_refuses(lexer, "bad escape in a string");
        if (unit == 0)
                return lexer_refuses(lexer, "NUL in a string");
        if (unit < 0xD800 || unit > 0xDFFF)
                return true;
        int low = unit < 0xDC00 && lexer_skips(lexer, '\\') && lexer_skips(lexer, 'u')
                          ? lexer_hex(lexer)
                          : -1;
        if (low < 0xDC00 || low > 0xDFFF)
                return lexer_refuses(lexer, "half a surrogate pair in a string");
        return true;
}

static bool lexer_reads_string(struct json_lexer *lexer)
{
        while (lexer->at < lexer->end) {
                unsigned char c = (unsigned char)*lexer->at++;
                if (c == '"')
                        return true;
                if (c < ' ')
                        return lexer_refuses(lexer, "control character in a string");
                if (c != '\\')
                        continue;
                if (lexer_skips(lexer, 'u')) {
                        if (!lexer_reads_unicode_escape(lexer))
                                return false;
                } else if (lexer->at == lexer->end || *lexer->at == '\0' ||
                           !strchr("\"\\/bfnrt", *lexer->at++)) {
                        return lexer_refuses(lexer, "bad escape in a string");
                }
        }
        return lexer_refuses(lexer, "unfinished string");
}

static bool lexer_reads_number(struct json_lexer *lexer)
{
        (void)lexer_skips(lexer, '-');
        if (!lexer_skips(lexer, '0') && !lexer_skips_digits(lexer))
                return lexer_refuses(lexer, "bad number");
        if (lexer_skips(lexer, '.') && !lexer_skips_digits(lexer))
                return lexer_refuses(lexer, "bad number");
        if (lexer_skips(lexer, 'e') || lexer_skips(lexer, 'E')) {
                if (!lexer_skips(lexer, '+'))
                        (void)lexer_skips(lexer, '-');
                if (!lexer_skips_digits(lexer))
                        return lexer_refuses(lexer, "bad number");
        }
        if (lexer->at < lexer->end && isalnum((unsigned char)*lexer->at))
                return lexer_refuses(lexer, "bad number");
        return true;
}

static bool lexer_reads_literal(struct json_lexer *lexer)
{
        static const char *const literals[] = {"true", "false", "null"};

        for (size_t i = 0; i < ELEMENTSOF(literals); i++) {
                size_t length = strlen(literals[i]);
                if ((size_t)(lexer->end - lexer->at) >= length &&
                    memcmp(lexer->at, literals[i], length) == 0) {
                        lexer->at += length;
                        return true;
                }
        }
        return lexer_refuses(lexer, "not a word of JSON");
}

/* The one thing about the order of words that json-c minds in its strict mode alone. */
static bool lexer_closes(struct json_lexer *lexer, bool after_comma)
{
        if (after_comma)
                return lexer_refuses(lexer, "comma before a closing bracket");
        return lexer->depth-- > 0 || lexer_refuses(lexer, "unbalanced brackets");
}

static bool lexer_reads_word(struct json_lexer *lexer, size_t max_depth)
{
        char c = *lexer->at;
        bool after_comma = lexer->after_comma;

        lexer->after_comma = c == ',';
        if (c == '-' || isdigit((unsigned char)c))
                return lexer_reads_number(lexer);
        if (isalpha((unsigned char)c))
                return lexer_reads_literal(lexer);

        lexer->at++;
        if (c == '"')
                return lexer_reads_string(lexer);
        if (c == '{' || c == '[')
                return ++lexer->depth <= max_depth || lexer_refuses(lexer, "nested too deeply");
        if (c == '}' || c == ']')
                return lexer_closes(lexer, after_comma);
        if (c == ':')
                lexer->members++;
        return c == ':' || c == ',' || lexer_refuses(lexer, "not a word of JSON");
}

static void lexer_skip_blanks(struct json_lexer *lexer)
{
        while (lexer->at < lexer->end && *lexer->at != '\0' && strchr(" \t\r\n", *lexer->at))
                lexer->at++;
}

int json_lexer_check(const char *bytes, size_t size, size_t max_depth, size_t *ret_members,
                     const char **ret_why)
{
        struct json_lexer lexer = {.at = bytes, .end = bytes + size};

        if (!text_is_utf8(bytes, size))
                (void)lexer_refuses(&lexer, "not UTF-8");
        lexer_skip_blanks(&lexer);
        if (!lexer.why && lexer.at == lexer.end)
                (void)lexer_refuses(&lexer, "empty");

        while (!lexer.why && lexer.at < lexer.end) {
                (void)lexer_reads_word(&lexer, max_depth);
                lexer_skip_blanks(&lexer);
                if (!lexer.why && lexer.depth == 0 && lexer.at < lexer.end)
                        (void)lexer_refuses(&lexer, "trailing bytes");
        }
        if (lexer.why) {
                *ret_why = lexer.why;
                return -EBADMSG;
        }
        *ret_members = lexer.members;
        return 0;
}
