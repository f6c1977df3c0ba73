/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/text-lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"

void text_lines_finish(struct text_lines *lines)
{
        for (size_t i = 0; i < lines->n; i++)
                free(lines->lines[i]);
        free(lines->lines);
        *lines = (struct text_lines){0};
}

/* Takes the line, also when it fails. */
static int lines_take(struct text_lines *lines, char *line)
{
        _cleanup_free_ char *taken = line;
        if (!taken)
                return -ENOMEM;

        char **grown = reallocarray(lines->lines, lines->n + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        lines->lines = grown;
        lines->lines[lines->n++] = TAKE_PTR(taken);
        return 0;
}

int text_lines_add(struct text_lines *lines, const char *format, ...)
{
        char *line = NULL;
        va_list arguments;

        va_start(arguments, format);
        int r = vasprintf(&line, format, arguments);
        va_end(arguments);
        return lines_take(lines, r < 0 ? NULL : line);
}

/* Bytes of the first characters of text, columns of them at most. */
static size_t prefix_size(const char *text, size_t columns)
{
        size_t size = 0;

        for (; text[size] && columns > 0; columns--) {
                size++;
                while (((unsigned char)text[size] & 0xC0) == 0x80)
                        size++;
        }
        return size;
}

int text_lines_add_paragraph(struct text_lines *lines, const char *paragraph, size_t columns)
{
        const char *rest = paragraph + strspn(paragraph, " ");

        while (*rest) {
                size_t size = prefix_size(rest, columns);
                if (rest[size] != '\0' && rest[size] != ' ') {
                        const char *blank = memrchr(rest, ' ', size);
                        if (blank)
                                size = (size_t)(blank - rest);
                }

                int r = lines_take(lines, strndup(rest, size));
                if (r < 0)
                        return r;
                rest += size;
                rest += strspn(rest, " ");
        }
        return 0;
}

int text_lines_add_text(struct text_lines *lines, const char *text)
{
        for (const char *rest = text;;) {
                size_t size = strcspn(rest, "\n");
                int r = lines_take(lines, strndup(rest, size));
                if (r < 0)
                        return r;
                if (!text_is_printable(lines->lines[lines->n - 1]))
                        return -EBADMSG;
                if (rest[size] == '\0')
                        return 0;
                rest += size + 1;
        }
}

int text_lines_add_lines(struct text_lines *lines, const struct text_lines *others)
{
        int r = 0;

        for (size_t i = 0; i < others->n && r >= 0; i++)
                r = lines_take(lines, strdup(others->lines[i]));
        return r;
}

size_t text_lines_columns(const struct text_lines *lines)
{
        size_t widest = 0;

        for (size_t i = 0; i < lines->n; i++) {
                size_t columns = text_columns(lines->lines[i]);
                if (columns > widest)
                        widest = columns;
        }
        return widest;
}

size_t text_lines_rows(const struct text_lines *lines, size_t columns)
{
        size_t rows = 0;

        for (size_t i = 0; i < lines->n; i++) {
                size_t width = text_columns(lines->lines[i]);
                rows += width > columns ? (width + columns - 1) / columns : 1;
        }
        return rows;
}

int text_lines_join(const struct text_lines *lines, char **ret_text)
{
        size_t size = 1;

        for (size_t i = 0; i < lines->n; i++)
                size += strlen(lines->lines[i]) + 1;
        char *text = malloc(size);
        if (!text)
                return -ENOMEM;

        char *end = text;
        for (size_t i = 0; i < lines->n; i++) {
                if (i > 0)
                        *end++ = '\n';
                end = stpcpy(end, lines->lines[i]);
        }
        *end = '\0';
        *ret_text = text;
        return 0;
}
