/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Puts a picture, words and last lines into a window: the richest arrangement that fits. It knows
 * nothing of what they say; common/challenge-text.h does. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/text-lines.h"

/* All printable. */
struct challenge_parts {
        const char *who, *warning;          /* paragraphs, borrowed */
        const char *how, *how_with_picture; /* NULL: left out */
        struct text_lines picture;          /* empty when there is none */
        struct text_lines last;             /* shown whole in any window */
        bool cursor_is_below;               /* and takes a row */
};

/* A newline, the upper part, the last lines. It takes no more rows than the window has, unless the
 * last lines alone do: picture and words are left out to that end, the warning last. The caller
 * frees it. 0 or -ENOMEM. */
int challenge_layout(const struct challenge_parts *parts, size_t columns, size_t rows,
                     char **ret_text);
