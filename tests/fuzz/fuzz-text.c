/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done to text from outside before anybody sees it: a first byte is the limit, the rest the
 * text. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/account-name.h"
#include "common/cleanup.h"
#include "common/login-verdict.h"
#include "common/text-lines.h"
#include "common/text.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

/* A few of what moves the cursor, turns the direction of writing or hides. */
static bool has_hidden(const char *text)
{
        static const char *const hidden[] = {"\u00ad",   "\u061c",    "\u200b", "\u200e",
                                             "\u2028",   "\u202e",    "\u2066", "\ufeff",
                                             "\xc2\x9b", "\U000e0041"};

        for (size_t i = 0; i < ELEMENTSOF(hidden); i++)
                if (strstr(text, hidden[i]))
                        return true;
        return false;
}

static void check_sanitise(const char *text, size_t max_bytes)
{
        _cleanup_free_ char *clean = text_sanitise(text, max_bytes);
        FUZZ_EXPECT(clean);
        _cleanup_free_ char *again = text_sanitise(clean, max_bytes);
        FUZZ_EXPECT(again);

        FUZZ_EXPECT(strlen(clean) <= max_bytes);
        FUZZ_EXPECT(text_is_printable(clean) && text_is_utf8(clean, strlen(clean)));
        FUZZ_EXPECT(strcmp(clean, again) == 0 && !has_hidden(clean));
        if (text_is_printable(text) && strlen(text) <= max_bytes)
                FUZZ_EXPECT(strcmp(clean, text) == 0);
        for (const char *s = clean; *s; s++)
                FUZZ_EXPECT((unsigned char)*s >= ' ' && *s != 0x7F);
}

static void check_number(const char *text)
{
        uint64_t number = 0;

        int r = text_parse_number(text, 1, UINT32_MAX, &number);
        FUZZ_EXPECT(r == 0 || r == -EINVAL || r == -ERANGE);
        FUZZ_EXPECT((r == 0) == (number >= 1 && number <= UINT32_MAX));
        if (r == 0)
                FUZZ_EXPECT(strtoull(text, NULL, 10) == number);
        else
                FUZZ_EXPECT(number == 0);
}

static void check_url(const char *text)
{
        if (!text_is_https_url(text))
                return;
        FUZZ_EXPECT(strncmp(text, "https://", 8) == 0 && text_is_printable(text));
        FUZZ_EXPECT(!strpbrk(text, " \"<>\\^`{|}#\n\r\t"));
        FUZZ_EXPECT(strcspn(text + 8, "@") >= strcspn(text + 8, "/?"));
}

/* What stands on lines is whole: the words of the paragraph in their order, none too wide. */
static void check_lines(const char *text, size_t columns)
{
        _cleanup_lines_ struct text_lines lines = {0};
        size_t letters = 0;

        if (!text_is_printable(text))
                return;
        FUZZ_EXPECT(text_lines_add_paragraph(&lines, text, columns) == 0);
        for (const char *s = text; *s; s++)
                letters += *s != ' ';
        for (size_t i = 0; i < lines.n; i++) {
                FUZZ_EXPECT(text_columns(lines.lines[i]) <= columns);
                FUZZ_EXPECT(text_is_printable(lines.lines[i]));
                for (const char *s = lines.lines[i]; *s; s++)
                        letters -= *s != ' ';
        }
        FUZZ_EXPECT(letters == 0);
        FUZZ_EXPECT(text_lines_rows(&lines, columns) == lines.n);
}

static void check_names(const char *text)
{
        struct login_verdict verdict;

        if (account_name_is_valid(text))
                FUZZ_EXPECT(text_is_printable(text) && *text && !strpbrk(text, " /:="));
        login_verdict_set_foreign(&verdict, LOGIN_DENIED, text);
        FUZZ_EXPECT(*verdict.reason && text_is_printable(verdict.reason));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        size_t limit = fuzz_byte(&bytes);
        (void)text_is_utf8(bytes.copy + bytes.next, fuzz_bytes_left(&bytes));
        const char *text = fuzz_text(&bytes);
        check_sanitise(text, limit);
        check_number(text);
        check_url(text);
        check_lines(text, limit > 0 ? limit : 1);
        check_names(text);
        fuzz_bytes_finish(&bytes);
        return 0;
}
