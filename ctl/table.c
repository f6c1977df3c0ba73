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
        char *brief; /* or NULL */
        enum tone tone;
};

/* What of it is shown, and how. */
struct layout {
        size_t *columns; /* their indexes, from left to right */
        size_t *widths;  /* of these */
        size_t n;
        bool is_brief;
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
        for (size_t i = 0; i < table->n_cells; i++) {
                free(table->cells[i].text);
                free(table->cells[i].brief);
        }
        free(table->cells);
        free(table);
        return NULL;
}

int table_add(struct table *table, enum tone tone, const char *text)
{
        return table_add_brief(table, tone, text, NULL);
}

int table_add_brief(struct table *table, enum tone tone, const char *text, const char *brief)
{
        _cleanup_free_ char *copy = text_sanitise(text, CELL_MAX_BYTES);
        _cleanup_free_ char *brief_copy = brief ? text_sanitise(brief, CELL_MAX_BYTES) : NULL;

        if (!copy || (brief && !brief_copy))
                return -ENOMEM;
        struct cell *grown = reallocarray(table->cells, table->n_cells + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        table->cells = grown;
        grown[table->n_cells++] = (struct cell){
                .text = TAKE_PTR(copy), .brief = TAKE_PTR(brief_copy), .tone = tone};
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

static const char *shown_text(const struct cell *cell, const struct layout *layout)
{
        return layout->is_brief && cell->brief ? cell->brief : cell->text;
}

static size_t n_rows(const struct table *table)
{
        return table->n_cells / table->n_columns;
}

static void measure(const struct table *table, struct layout *layout)
{
        for (size_t i = 0; i < layout->n; i++) {
                size_t column = layout->columns[i];
                layout->widths[i] = text_width(table->columns[column].heading);
                for (size_t row = 0; row < n_rows(table); row++) {
                        const struct cell *cell = &table->cells[row * table->n_columns + column];
                        size_t width = text_width(shown_text(cell, layout));
                        if (width > layout->widths[i])
                                layout->widths[i] = width;
                }
        }
}

static size_t total_width(const struct layout *layout)
{
        size_t total = GAP_COLUMNS * (layout->n - 1);

        for (size_t i = 0; i < layout->n; i++)
                total += layout->widths[i];
        return total;
}

/* ---- a narrow window ---- */

static void leave_out(struct layout *layout, size_t at)
{
        for (size_t i = at; i + 1 < layout->n; i++) {
                layout->columns[i] = layout->columns[i + 1];
                layout->widths[i] = layout->widths[i + 1];
        }
        layout->n--;
}

static bool is_empty(const struct table *table, size_t column)
{
        for (size_t row = 0; row < n_rows(table); row++)
                if (table->cells[row * table->n_columns + column].text[0] != '\0')
                        return false;
        return true;
}

/* The first column says what a row is. */
static void leave_out_empty(const struct table *table, struct layout *layout, size_t window)
{
        for (size_t i = layout->n; i-- > 1 && total_width(layout) > window;)
                if (is_empty(table, layout->columns[i]))
                        leave_out(layout, i);
}

static void leave_out_spare(const struct table *table, struct layout *layout, size_t window)
{
        for (size_t i = layout->n; i-- > 1 && total_width(layout) > window;)
                if (table->columns[layout->columns[i]].is_spare)
                        leave_out(layout, i);
}

static size_t least_width(const struct table_column *column)
{
        size_t heading = text_width(column->heading);

        return heading > CUT_MIN_COLUMNS ? heading : CUT_MIN_COLUMNS;
}

/* With all cut that can be. */
static size_t least_total(const struct table *table, const struct layout *layout)
{
        size_t total = total_width(layout);

        for (size_t i = 0; i < layout->n; i++) {
                const struct table_column *column = &table->columns[layout->columns[i]];
                if (!column->is_whole && layout->widths[i] > least_width(column))
                        total -= layout->widths[i] - least_width(column);
        }
        return total;
}

static void leave_out_any(const struct table *table, struct layout *layout, size_t window)
{
        for (size_t i = layout->n; i-- > 1 && least_total(table, layout) > window;)
                if (!table->columns[layout->columns[i]].is_whole)
                        leave_out(layout, i);
}

/* The widest column that may become narrower; NULL: there is none. */
static size_t *widest(const struct table *table, const struct layout *layout)
{
        size_t *found = NULL;

        for (size_t i = 0; i < layout->n; i++) {
                const struct table_column *column = &table->columns[layout->columns[i]];
                if (!column->is_whole && layout->widths[i] > least_width(column) &&
                    (!found || layout->widths[i] > *found))
                        found = &layout->widths[i];
        }
        return found;
}

static void shrink(const struct table *table, struct layout *layout, size_t window)
{
        size_t *width;

        if (window == 0)
                return;
        leave_out_empty(table, layout, window);
        if (total_width(layout) > window) {
                layout->is_brief = true;
                measure(table, layout);
        }
        leave_out_spare(table, layout, window);
        leave_out_any(table, layout, window);
        while (total_width(layout) > window && (width = widest(table, layout)))
                (*width)--;
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
static size_t row_columns(const struct table *table, const struct layout *layout, size_t row)
{
        size_t n = layout->n;

        while (n > 1 &&
               table->cells[row * table->n_columns + layout->columns[n - 1]].text[0] == '\0')
                n--;
        return n;
}

static int print_row(const struct table *table, const struct layout *layout, size_t row)
{
        size_t n = row_columns(table, layout, row);

        for (size_t i = 0; i < n; i++) {
                const struct cell *cell =
                        &table->cells[row * table->n_columns + layout->columns[i]];
                int r = print_cell(cell->tone, shown_text(cell, layout), layout->widths[i],
                                   i == n - 1);
                if (r < 0)
                        return r;
        }
        puts("");
        return 0;
}

static int print_all(const struct table *table, const struct layout *layout)
{
        int r = 0;

        for (size_t i = 0; i < layout->n && r >= 0; i++)
                r = print_cell(TONE_HEADING, table->columns[layout->columns[i]].heading,
                               layout->widths[i], i == layout->n - 1);
        puts("");
        for (size_t i = 0; i < n_rows(table) && r >= 0; i++)
                r = print_row(table, layout, i);
        return r;
}

int table_print(const struct table *table)
{
        _cleanup_free_ size_t *columns = calloc(table->n_columns, sizeof(*columns));
        _cleanup_free_ size_t *widths = calloc(table->n_columns, sizeof(*widths));
        struct layout layout = {.columns = columns, .widths = widths, .n = table->n_columns};

        if (!columns || !widths)
                return -ENOMEM;
        for (size_t i = 0; i < layout.n; i++)
                columns[i] = i;
        measure(table, &layout);
        shrink(table, &layout, terminal_window().columns);
        return print_all(table, &layout);
}
