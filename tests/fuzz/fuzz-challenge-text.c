/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person is shown, from any challenge in any window: flags, columns, lines, then eight
 * texts. */
#include <errno.h>
#include <string.h>

#include "common/challenge-text.h"
#include "common/challenge.h"
#include "common/text-lines.h"
#include "common/text.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

enum flag {
        PROMPT = 1,
        ONE_LINE = 2,
        PICTURE = 4,
        COMPLETE = 8,
};

static const char *line_of(const struct text_lines *lines, size_t from_last)
{
        FUZZ_EXPECT(lines->n > from_last);
        return lines->lines[lines->n - 1 - from_last];
}

/* Nothing but printable text between newlines; address and code whole, on the last lines. */
static void check_text(const char *text, const struct challenge *challenge,
                       const struct challenge_view *view)
{
        _cleanup_lines_ struct text_lines lines = {0};
        size_t from_last = view->prompt;

        FUZZ_EXPECT(text_lines_add_text(&lines, text) == 0);
        FUZZ_EXPECT(lines.n >= 3 + from_last && !*lines.lines[0]);
        const char *code = line_of(&lines, from_last);
        const char *address = line_of(&lines, from_last + 1);
        FUZZ_EXPECT(strncmp(code, "Code:    ", 9) == 0);
        FUZZ_EXPECT(strcmp(code + 9, challenge->user_code) == 0);
        FUZZ_EXPECT(strncmp(address, "Address: ", 9) == 0);
        FUZZ_EXPECT(strcmp(address + 9, challenge->verification_uri) == 0);

        size_t columns = view->columns > 0 ? view->columns : 80;
        size_t rows = view->lines > 0 ? view->lines : 24;
        struct text_lines barest = {.lines = lines.lines + lines.n - 2 - from_last,
                                    .n = 2 + from_last};
        size_t least = 1 + text_lines_rows(&barest, columns);
        size_t cursor = view->prompt ? 0 : 1;
        FUZZ_EXPECT(text_lines_rows(&lines, columns) + cursor <=
                    (rows > least + cursor ? rows : least + cursor));
}

static void check(const struct challenge *challenge, const struct challenge_view *view)
{
        _cleanup_free_ char *text = NULL;

        int r = challenge_text_new(challenge, view, &text);
        bool is_sound = *challenge->user_code && strlen(challenge->user_code) <= 64 &&
                        text_is_printable(challenge->user_code) &&
                        strlen(challenge->verification_uri) <= 2048 &&
                        text_is_https_url(challenge->verification_uri);
        FUZZ_EXPECT(r == (is_sound ? 0 : -EBADMSG));
        FUZZ_EXPECT((r == 0) == (text != NULL));
        if (text && view->one_line)
                FUZZ_EXPECT(text_is_printable(text) && strstr(text, challenge->user_code));
        else if (text)
                check_text(text, challenge, view);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;

        fuzz_bytes_init(&bytes, data, size);
        uint8_t flags = fuzz_byte(&bytes);
        struct challenge_view view = {.prompt = flags & PROMPT,
                                      .one_line = flags & ONE_LINE,
                                      .columns = fuzz_byte(&bytes),
                                      .lines = fuzz_byte(&bytes)};
        struct challenge challenge = {.user_code = (char *)(uintptr_t)fuzz_text(&bytes),
                                      .verification_uri = (char *)(uintptr_t)fuzz_text(&bytes)};
        const char *complete = fuzz_text(&bytes);
        view.host = fuzz_text(&bytes);
        view.service = fuzz_text(&bytes);
        view.account = fuzz_text(&bytes);
        view.origin = fuzz_text(&bytes);
        const char *picture = fuzz_text(&bytes);
        if (flags & COMPLETE)
                challenge.verification_uri_complete = (char *)(uintptr_t)complete;
        if (flags & PICTURE)
                challenge.qr = (char *)(uintptr_t)picture;
        check(&challenge, &view);
        fuzz_bytes_finish(&bytes);
        return 0;
}
