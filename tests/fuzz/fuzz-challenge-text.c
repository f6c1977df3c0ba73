/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a person is shown, from any challenge in any window: flags, columns, lines, then eight
 * texts. With RING the first is what the phone shows. */
#include <errno.h>
#include <stdbool.h>
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
        RING = 16,
};

static const char *line_of(const struct text_lines *lines, size_t from_last)
{
        FUZZ_EXPECT(lines->n > from_last);
        return lines->lines[lines->n - 1 - from_last];
}

/* One of the last lines: its label, then the text whole. */
static void check_line(const char *line, const char *label, const char *text)
{
        FUZZ_EXPECT(strncmp(line, label, strlen(label)) == 0);
        FUZZ_EXPECT(strcmp(line + strlen(label), text) == 0);
}

/* Nothing but printable text between newlines; address and code, or the message, whole, on the last
 * lines. */
static void check_text(const char *text, const struct challenge *challenge,
                       const struct challenge_view *view)
{
        _cleanup_lines_ struct text_lines lines = {0};
        size_t from_last = view->prompt;

        FUZZ_EXPECT(text_lines_add_text(&lines, text) == 0);
        FUZZ_EXPECT(lines.n >= 3 + from_last && !*lines.lines[0]);
        if (challenge->binding_message) {
                check_line(line_of(&lines, from_last), "  ", challenge->binding_message);
                check_line(line_of(&lines, from_last + 1),
                           "Your phone is asking. Approve only if it shows", "");
        } else {
                check_line(line_of(&lines, from_last), "Code:    ", challenge->user_code);
                check_line(line_of(&lines, from_last + 1),
                           "Address: ", challenge->verification_uri);
        }

        size_t columns = view->columns > 0 ? view->columns : 80;
        size_t rows = view->lines > 0 ? view->lines : 24;
        struct text_lines barest = {.lines = lines.lines + lines.n - 2 - from_last,
                                    .n = 2 + from_last};
        size_t least = 1 + text_lines_rows(&barest, columns);
        size_t cursor = view->prompt ? 0 : 1;
        FUZZ_EXPECT(text_lines_rows(&lines, columns) + cursor <=
                    (rows > least + cursor ? rows : least + cursor));
}

static bool is_short_and_printable(const char *text)
{
        return *text && strlen(text) <= 64 && text_is_printable(text);
}

static bool is_sound(const struct challenge *challenge)
{
        if (challenge->binding_message)
                return !challenge->qr && !challenge->verification_uri_complete &&
                       is_short_and_printable(challenge->binding_message);
        return is_short_and_printable(challenge->user_code) &&
               strlen(challenge->verification_uri) <= 2048 &&
               text_is_https_url(challenge->verification_uri);
}

static void check(const struct challenge *challenge, const struct challenge_view *view)
{
        _cleanup_free_ char *text = NULL;
        const char *essence = challenge->binding_message ? challenge->binding_message
                                                         : challenge->user_code;

        int r = challenge_text_new(challenge, view, &text);
        FUZZ_EXPECT(r == (is_sound(challenge) ? 0 : -EBADMSG));
        FUZZ_EXPECT((r == 0) == (text != NULL));
        if (text && view->one_line)
                FUZZ_EXPECT(text_is_printable(text) && strstr(text, essence));
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
        char *first = (char *)(uintptr_t)fuzz_text(&bytes);
        char *second = (char *)(uintptr_t)fuzz_text(&bytes);
        struct challenge challenge = {.user_code = flags & RING ? NULL : first,
                                      .verification_uri = flags & RING ? NULL : second,
                                      .binding_message = flags & RING ? first : NULL};
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
