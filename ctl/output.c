/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"

#define LABEL_COLUMNS 16

/* https://no-color.org: set and not empty. */
static bool colours_are_wanted(void)
{
        const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

        return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
               !(term && strcmp(term, "dumb") == 0);
}

static const char *tone_start(enum tone tone)
{
        switch (tone) {
        case TONE_PLAIN:
                return "";
        case TONE_GOOD:
                return "\033[32m";
        case TONE_WARNING:
                return "\033[33m";
        case TONE_BAD:
                return "\033[31m";
        case TONE_HEADING:
                return "\033[1m";
        }
        return "";
}

static int padding(const char *text, size_t columns)
{
        size_t taken = text_columns(text);

        return taken < columns ? (int)(columns - taken) : 0;
}

void output_word(enum tone tone, const char *word, unsigned columns)
{
        bool coloured = tone != TONE_PLAIN && colours_are_wanted();

        printf("%s%s%s%*s", coloured ? tone_start(tone) : "", word, coloured ? "\033[0m" : "",
               padding(word, columns), "");
}

void output_row(const char *label, const char *format, ...)
{
        va_list arguments;

        printf("%s%*s", label, padding(label, LABEL_COLUMNS), "");
        va_start(arguments, format);
        (void)vprintf(format, arguments);
        va_end(arguments);
        puts("");
}

void output_complaint(const char *sentence, const char *mend)
{
        (void)fflush(stdout);
        fprintf(stderr, "badgectl: %s\n", sentence);
        if (mend)
                fprintf(stderr, "Mend: %s\n", mend);
}

int output_finish(void)
{
        return fflush(stdout) != 0 || ferror(stdout) ? -EIO : 0;
}
