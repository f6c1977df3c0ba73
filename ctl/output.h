/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words for people on standard output and standard error: plain, aligned, coloured only where a
 * terminal shows it and NO_COLOR is not set. All texts must be printable already. */
#pragma once

enum tone {
        TONE_PLAIN,
        TONE_GOOD,
        TONE_WARNING,
        TONE_BAD,
        TONE_HEADING,
};

/* Writes the word, padded with blanks to columns, to standard output. */
void output_word(enum tone tone, const char *word, unsigned columns);

/* One line of a table with two columns: the label, then what printf() would write. */
void output_row(const char *label, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells on standard error what went wrong and, unless mend is NULL, what to do about it. */
void output_complaint(const char *sentence, const char *mend);

/* 0, or -EIO when something that was written to standard output did not arrive. */
int output_finish(void);
