/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/table.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "common/text.h"
#include "ctl/terminal.h"

#define GAP_COLUMNS    2
#define CELL_MAX_BYTES 1024
/* No column is cut below this, or below its heading. */
#define CUT_MIN_COLUMNS 6

struct cell {
        char *text;
        enum tone tone;
};

struct table {
        const struct table_column *columns;
        size_t n_columns;
        struct cell *cells; /* row by row */
        size_t n_cells;
};

int table_new(const struct table_column *columns, size_t n_columns, struct table **ret_table)
{
        struct table *table = calloc(1, sizeof(*table));

        if (!table)
                return -ENOMEM;
        *table = (struct table){.columns = columns, .n_columns = n_columns};
        *ret_table = table;
        return 0;
}

struct table *table_free(struct table *table)
{
        if (!table)
                return NULL;
        for (size_t i = 0; i < table->n_cells; i++)
                free(table->cells[i].text);
        free(table->cells);
        free(table);
        return NULL;
}

int table_add(struct table *table, enum tone tone, const char *text)
{
        char *copy = text_sanitise(text, CELL_MAX_BYTES);
        struct cell *grown = copy ? reallocarray(table->cells, table->n_cells + 1, sizeof(*grown))
                                  : NULL;
        if (!grown) {
                free(copy);
                return -ENOMEM;
        }
        table->cells = grown;
        grown[table->n_cells++] = (struct cell){.text = copy, .tone = tone};
        return 0;
}

/* ---- widths ---- */

/* The first character of the text: its bytes, and the columns that it takes. A locale that cannot
 * read it shows each byte sequence of UTF-8 as it can: one column. */
static size_t character(const char *text, size_t *ret_columns)
{
        mbstate_t state = {0};
        wchar_t wide;
        size_t bytes = mbrtowc(&wide, text, MB_LEN_MAX, &state);
        int columns = bytes > 0 && bytes <= MB_LEN_MAX ? wcwidth(wide) : -1;

        if (columns < 0) {
                for (bytes = 1; ((unsigned char)text[bytes] & 0xC0) == 0x80;)
                        bytes++;
                columns = 1;
        }
        *ret_columns = (size_t)columns;
        return bytes;
}

static size_t text_width(const char *text)
{
        size_t width = 0, columns;

        while (*text) {
                text += character(text, &columns);
                width += columns;
        }
        return width;
}

/* The bytes of the text that fit, and the columns that they take. */
static size_t fitting_bytes(const char *text, size_t most, size_t *ret_columns)
{
        size_t bytes = 0, taken = 0, columns;

        while (text[bytes]) {
                size_t step = character(text + bytes, &columns);
                if (taken + columns > most)
                        break;
                bytes += step;
                taken += columns;
        }
        *ret_columns = taken;
        return bytes;
}

static void measure(const struct table *table, size_t *widths)
{
        for (size_t i = 0; i < table->n_columns; i++)
                widths[i] = text_width(table->columns[i].heading);
        for (size_t i = 0; i < table->n_cells; i++) {
                size_t width = text_width(table->cells[i].text);
                if (width > widths[i % table->n_columns])
                        widths[i % table->n_columns] = width;
        }
}

static size_t least_width(const struct table_column *column)
{
        size_t heading = text_width(column->heading);

        return heading > CUT_MIN_COLUMNS ? heading : CUT_MIN_COLUMNS;
}

/* The widest column that may become narrower; NULL: there is none. */
static size_t *widest(const struct table *table, size_t *widths)
{
        size_t *found = NULL;

        for (size_t i = 0; i < table->n_columns; i++)
                if (!table->columns[i].is_whole && widths[i] > least_width(&table->columns[i]) &&
                    (!found || widths[i] > *found))
                        found = &widths[i];
        return found;
}

static void shrink(const struct table *table, size_t *widths, size_t window)
{
        size_t total = GAP_COLUMNS * (table->n_columns - 1), *column;

        for (size_t i = 0; i < table->n_columns; i++)
                total += widths[i];
        while (window > 0 && total > window && (column = widest(table, widths))) {
                (*column)--;
                total--;
        }
}

/* ---- printing ---- */

/* What stands for the rest of a text that is cut. */
static const char *rest_mark(void)
{
        return strcmp(terminal_qr_word(), "utf8") == 0 ? "\xE2\x80\xA6" : "~";
}

/* The last column is padded with nothing. */
static int print_cell(enum tone tone, const char *text, size_t width, bool is_last)
{
        size_t taken = text_width(text);
        _cleanup_free_ char *cut = NULL;

        if (taken > width) {
                size_t bytes = fitting_bytes(text, width - 1, &taken);
                if (asprintf(&cut, "%.*s%s", (int)bytes, text, rest_mark()) < 0) {
                        cut = NULL;
                        return -ENOMEM;
                }
                taken++;
        }
        output_word(tone, cut ? cut : text, 0);
        if (!is_last)
                printf("%*s", (int)(width - taken + GAP_COLUMNS), "");
        return 0;
}

/* Empty cells at the end of a row leave no blanks there. */
static size_t row_columns(const struct table *table, size_t row)
{
        size_t n = table->n_columns;

        while (n > 1 && table->cells[row * table->n_columns + n - 1].text[0] == '\0')
                n--;
        return n;
}

static int print_row(const struct table *table, size_t row, const size_t *widths)
{
        size_t n = row_columns(table, row);

        for (size_t i = 0; i < n; i++) {
                const struct cell *cell = &table->cells[row * table->n_columns + i];
                int r = print_cell(cell->tone, cell->text, widths[i], i == n - 1);
                if (r < 0)
                        return r;
        }
        puts("");
        return 0;
}

int table_print(const struct table *table)
{
        _cleanup_free_ size_t *widths = calloc(table->n_columns, sizeof(*widths));
        int r = widths ? 0 : -ENOMEM;

        if (r < 0)
                return r;
        measure(table, widths);
        shrink(table, widths, terminal_window().columns);
        for (size_t i = 0; i < table->n_columns && r >= 0; i++)
                r = print_cell(TONE_HEADING, table->columns[i].heading, widths[i],
                               i == table->n_columns - 1);
        puts("");
        for (size_t i = 0; i < table->n_cells / table->n_columns && r >= 0; i++)
                r = print_row(table, i, widths);
        return r;
}
