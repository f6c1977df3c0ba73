/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of printable text on their way to a window: broken at words, put side by side, counted as
 * the rows that they take there. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"

struct text_lines {
        char **lines;
        size_t n;
};

/* Frees the lines and empties the list. */
void text_lines_finish(struct text_lines *lines);
#define _cleanup_lines_ _cleanup_(text_lines_finish)

/* Add one line as printf() would; 0 or -ENOMEM. */
int text_lines_add(struct text_lines *lines, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* Add a paragraph, broken at blanks so that no line is wider than columns (> 0); a word that is
 * wider is broken between characters. 0 or -ENOMEM. */
int text_lines_add_paragraph(struct text_lines *lines, const char *paragraph, size_t columns);

/* Add each line of a text that separates them by newlines; 0, -EBADMSG for one that is not
 * printable (some may have been added by then), -ENOMEM. */
int text_lines_add_text(struct text_lines *lines, const char *text);

/* Add a copy of each line of another list. 0 or -ENOMEM. */
int text_lines_add_lines(struct text_lines *lines, const struct text_lines *others);

/* Columns of the widest line, 0 when there is none. */
size_t text_lines_columns(const struct text_lines *lines);

/* Rows that the lines take in a window of this many columns (> 0), which wraps the wider ones. */
size_t text_lines_rows(const struct text_lines *lines, size_t columns);

/* The lines with a newline between each two; the caller frees it. 0 or -ENOMEM. */
int text_lines_join(const struct text_lines *lines, char **ret_text);
