/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/table.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "ctl/table-layout.h"
#include "ctl/terminal.h"
#include "ctl/text-width.h"

#define CELL_MAX_BYTES 1024

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
                size_t bytes = text_width_fit(text, width - 1, &taken);
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
static size_t row_columns(const struct table *table, const struct table_layout *layout, size_t row)
{
        size_t n = layout->n;

        while (n > 1 &&
               table->cells[row * table->n_columns + layout->columns[n - 1]].text[0] == '\0')
                n--;
        return n;
}

static int print_row(const struct table *table, const struct table_layout *layout, size_t row)
{
        size_t n = row_columns(table, layout, row);

        for (size_t i = 0; i < n; i++) {
                const struct cell *cell =
                        &table->cells[row * table->n_columns + layout->columns[i]];
                int r = print_cell(cell->tone, table_layout_text(layout, cell), layout->widths[i],
                                   i == n - 1);
                if (r < 0)
                        return r;
        }
        puts("");
        return 0;
}

static int print_all(const struct table *table, const struct table_layout *layout)
{
        int r = 0;

        for (size_t i = 0; i < layout->n && r >= 0; i++)
                r = print_cell(TONE_HEADING, table->columns[layout->columns[i]].heading,
                               layout->widths[i], i == layout->n - 1);
        puts("");
        for (size_t i = 0; i < table_n_rows(table) && r >= 0; i++)
                r = print_row(table, layout, i);
        return r;
}

int table_print(const struct table *table)
{
        _cleanup_free_ size_t *columns = calloc(table->n_columns, sizeof(*columns));
        _cleanup_free_ size_t *widths = calloc(table->n_columns, sizeof(*widths));
        struct table_layout layout = {.columns = columns, .widths = widths};

        if (!columns || !widths)
                return -ENOMEM;
        table_layout_fit(&layout, table, terminal_window().columns);
        return print_all(table, &layout);
}
