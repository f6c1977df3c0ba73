/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/challenge-text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/challenge.h"
#include "common/cleanup.h"
#include "common/text-lines.h"
#include "common/text.h"

#define UNKNOWN_COLUMNS 80
#define UNKNOWN_LINES   24

#define USER_CODE_MAX_BYTES 64
#define ADDRESS_MAX_BYTES   2048
#define NAME_MAX_BYTES      255

/* Words are hard to read in a narrower column than these, and in a wider one. */
#define BESIDE_MIN_COLUMNS 28
#define BESIDE_MAX_COLUMNS 38
#define WORDS_MAX_COLUMNS  72
#define GAP_COLUMNS        3

static const char prompt_line[] = "Press Enter after approving: ";
static const char warning[] = "Only approve if you started this yourself. "
                              "Nobody will ever send you such a code.";

/* What a person is asked to approve, checked and ready to be put on lines. */
struct parts {
        const char *user_code, *address; /* borrowed */
        bool prompt;
        bool code_in_picture;
        struct text_lines picture; /* empty when there is none */
        char *who;
};

/* What a text has besides address, code and prompt. */
struct layout {
        bool picture, beside, who, warning, how, spaced;
};

/* From the richest to the barest: the first that fits the window is taken. */
static const struct layout layouts[] = {
        {.picture = true,
         .beside = true,
         .who = true,
         .warning = true,
         .how = true,
         .spaced = true},
        {.picture = true, .beside = true, .who = true, .warning = true, .how = true},
        {.picture = true, .who = true, .warning = true, .how = true, .spaced = true},
        {.picture = true, .who = true, .warning = true, .how = true},
        {.picture = true, .who = true, .warning = true},
        {.who = true, .warning = true, .how = true, .spaced = true},
        {.who = true, .warning = true, .how = true},
        {.who = true, .warning = true},
        {.warning = true},
        {0},
};

static void parts_finish(struct parts *parts)
{
        text_lines_finish(&parts->picture);
        free(parts->who);
}

static bool user_code_is_sound(const char *code)
{
        return code && code[0] != '\0' &&
               strnlen(code, USER_CODE_MAX_BYTES + 1) <= USER_CODE_MAX_BYTES &&
               text_is_printable(code);
}

static bool address_is_sound(const char *address)
{
        return address && strnlen(address, ADDRESS_MAX_BYTES + 1) <= ADDRESS_MAX_BYTES &&
               text_is_https_url(address);
}

/* Nothing when the name is not known; NULL when memory is short. */
static char *clause_new(const char *before, const char *name, const char *after)
{
        if (!name || name[0] == '\0')
                return strdup("");

        char *clause = NULL;
        _cleanup_free_ char *clean = text_sanitise(name, NAME_MAX_BYTES);
        if (!clean || asprintf(&clause, "%s%s%s", before, clean, after) < 0)
                return NULL;
        return clause;
}

static char *who_new(const struct challenge_view *view)
{
        _cleanup_free_ char *account = clause_new(" as ", view->account, "");
        _cleanup_free_ char *host = clause_new(" on ", view->host, "");
        _cleanup_free_ char *service = clause_new(" (", view->service, ")");
        _cleanup_free_ char *origin = clause_new(", from ", view->origin, "");
        char *who = NULL;

        if (!account || !host || !service || !origin ||
            asprintf(&who, "Sign in%s%s%s%s.", account, host, service, origin) < 0)
                return NULL;
        return who;
}

static int parts_init(struct parts *parts, const struct challenge *challenge,
                      const struct challenge_view *view)
{
        parts->user_code = challenge->user_code;
        parts->address = challenge->verification_uri;
        parts->prompt = view->prompt;
        parts->code_in_picture = challenge->verification_uri_complete;

        parts->who = who_new(view);
        if (!parts->who)
                return -ENOMEM;
        if (!challenge->qr)
                return 0;

        int r = text_lines_add_text(&parts->picture, challenge->qr);
        if (r == -EBADMSG)
                text_lines_finish(&parts->picture);
        return r == -EBADMSG ? 0 : r;
}

/* RFC 8628 section 3.3: told to go to the address on another device; section 3.3.1: asked to
 * compare the code when the picture brings it along. */
static const char *parts_how(const struct parts *parts, const struct layout *layout)
{
        if (!layout->picture)
                return "Open the address on your phone or another device and enter the code.";
        if (!parts->code_in_picture)
                return "Scan the picture with your phone, or open the address on any device. "
                       "Then enter the code.";
        return "Scan the picture with your phone and compare the code, "
               "or open the address on any device and enter it.";
}

static int add_words(struct text_lines *lines, const struct parts *parts,
                     const struct layout *layout, size_t columns)
{
        const char *const paragraphs[] = {
                layout->who ? parts->who : NULL,
                layout->warning ? warning : NULL,
                layout->how ? parts_how(parts, layout) : NULL,
        };
        int r = 0;

        for (size_t i = 0; i < ELEMENTSOF(paragraphs) && r >= 0; i++) {
                if (!paragraphs[i])
                        continue;
                if (layout->spaced && lines->n > 0)
                        r = text_lines_add(lines, "%s", "");
                if (r >= 0)
                        r = text_lines_add_paragraph(lines, paragraphs[i], columns);
        }
        return r;
}

static int add_beside(struct text_lines *lines, const struct text_lines *picture,
                      const struct text_lines *words)
{
        size_t width = text_lines_columns(picture);
        size_t top = picture->n > words->n ? 1 : 0; /* level with the modules, not the quiet zone */
        size_t n = picture->n > words->n ? picture->n : words->n;
        int r = 0;

        for (size_t i = 0; i < n && r >= 0; i++) {
                const char *left = i < picture->n ? picture->lines[i] : "";
                bool has_words = i >= top && i - top < words->n && words->lines[i - top][0];
                int pad = (int)(width - text_columns(left) + GAP_COLUMNS);
                if (has_words)
                        r = text_lines_add(lines, "%s%*s%s", left, pad, "", words->lines[i - top]);
                else
                        r = text_lines_add(lines, "%s", left);
        }
        return r;
}

/* Columns for the words: 0 when the layout cannot be had in this window at all. */
static size_t words_columns(const struct parts *parts, const struct layout *layout, size_t columns)
{
        size_t width = text_lines_columns(&parts->picture);
        size_t most = layout->beside ? BESIDE_MAX_COLUMNS : WORDS_MAX_COLUMNS;

        if (layout->picture && (width == 0 || width > columns))
                return 0;
        if (layout->beside) {
                if (columns < width + GAP_COLUMNS + BESIDE_MIN_COLUMNS)
                        return 0;
                columns -= width + GAP_COLUMNS;
        }
        return columns < most ? columns : most;
}

static int add_upper_part(struct text_lines *lines, const struct parts *parts,
                          const struct layout *layout, size_t columns)
{
        _cleanup_lines_ struct text_lines words = {0};

        int r = add_words(&words, parts, layout, columns);
        if (r < 0)
                return r;
        if (layout->beside)
                return add_beside(lines, &parts->picture, &words);

        r = text_lines_add_lines(lines, &words);
        if (r >= 0 && layout->picture && layout->spaced)
                r = text_lines_add(lines, "%s", "");
        if (r >= 0 && layout->picture)
                r = text_lines_add_lines(lines, &parts->picture);
        return r;
}

static int add_last_lines(struct text_lines *lines, const struct parts *parts)
{
        int r = text_lines_add(lines, "Address: %s", parts->address);
        if (r >= 0)
                r = text_lines_add(lines, "Code:    %s", parts->user_code);
        if (r >= 0 && parts->prompt)
                r = text_lines_add(lines, "%s", prompt_line);
        return r;
}

static int lay_out(struct text_lines *lines, const struct parts *parts, const struct layout *layout,
                   size_t columns)
{
        int r = text_lines_add(lines, "%s", "");
        if (r >= 0)
                r = add_upper_part(lines, parts, layout, columns);
        if (r >= 0 && layout->spaced)
                r = text_lines_add(lines, "%s", "");
        return r < 0 ? r : add_last_lines(lines, parts);
}

/* The first layout that fits into columns x rows; the barest is taken whether it fits or not. */
static int parts_join(const struct parts *parts, size_t columns, size_t rows, char **ret_text)
{
        size_t cursor_rows = parts->prompt ? 0 : 1;

        for (size_t i = 0; i < ELEMENTSOF(layouts); i++) {
                bool barest = i == ELEMENTSOF(layouts) - 1;
                size_t width = words_columns(parts, &layouts[i], columns);
                if (width == 0)
                        continue;

                _cleanup_lines_ struct text_lines lines = {0};
                int r = lay_out(&lines, parts, &layouts[i], width);
                if (r < 0)
                        return r;
                if (!barest && text_lines_rows(&lines, columns) + cursor_rows > rows)
                        continue;
                return text_lines_join(&lines, ret_text);
        }
        return -EINVAL; /* not reached: the barest layout needs nothing */
}

int challenge_text_new(const struct challenge *challenge, const struct challenge_view *view,
                       char **ret_text)
{
        if (!user_code_is_sound(challenge->user_code) ||
            !address_is_sound(challenge->verification_uri))
                return -EBADMSG;

        if (view->one_line) {
                char *line = NULL;
                if (asprintf(&line, "Open %s and enter %s", challenge->verification_uri,
                             challenge->user_code) < 0)
                        return -ENOMEM;
                *ret_text = line;
                return 0;
        }

        _cleanup_(parts_finish) struct parts parts = {0};
        int r = parts_init(&parts, challenge, view);
        if (r < 0)
                return r;
        return parts_join(&parts, view->columns > 0 ? view->columns : UNKNOWN_COLUMNS,
                          view->lines > 0 ? view->lines : UNKNOWN_LINES, ret_text);
}
