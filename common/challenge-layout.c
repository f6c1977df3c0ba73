/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/challenge-layout.h"

#include <errno.h>
#include <stdbool.h>

#include "common/text.h"

/* Words are hard to read in a narrower column than these, and in a wider one. */
#define BESIDE_MIN_COLUMNS 28
#define BESIDE_MAX_COLUMNS 38
#define WORDS_MAX_COLUMNS  72
#define GAP_COLUMNS        3

/* What a text has besides its last lines. */
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

static const char *parts_how(const struct challenge_parts *parts, const struct layout *layout)
{
        return layout->picture ? parts->how_with_picture : parts->how;
}

static int add_words(struct text_lines *lines, const struct challenge_parts *parts,
                     const struct layout *layout, size_t columns)
{
        const char *const paragraphs[] = {
                layout->who ? parts->who : NULL,
                layout->warning ? parts->warning : NULL,
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
static size_t words_columns(const struct challenge_parts *parts, const struct layout *layout,
                            size_t columns)
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

static int add_upper_part(struct text_lines *lines, const struct challenge_parts *parts,
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

static int lay_out(struct text_lines *lines, const struct challenge_parts *parts,
                   const struct layout *layout, size_t columns)
{
        int r = text_lines_add(lines, "%s", "");
        if (r >= 0)
                r = add_upper_part(lines, parts, layout, columns);
        if (r >= 0 && layout->spaced)
                r = text_lines_add(lines, "%s", "");
        return r < 0 ? r : text_lines_add_lines(lines, &parts->last);
}

int challenge_layout(const struct challenge_parts *parts, size_t columns, size_t rows,
                     char **ret_text)
{
        size_t cursor_rows = parts->cursor_is_below ? 1 : 0;

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
