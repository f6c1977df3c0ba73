/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/table-layout.h"

#include "ctl/text-width.h"

/* No column is cut below this, or below its heading. */
#define CUT_MIN_COLUMNS 6

/* ---- widths ---- */

const char *table_layout_text(const struct table_layout *layout, const struct cell *cell)
{
        return layout->is_brief && cell->brief ? cell->brief : cell->text;
}

size_t table_n_rows(const struct table *table)
{
        return table->n_cells / table->n_columns;
}

static void measure(const struct table *table, struct table_layout *layout)
{
        for (size_t i = 0; i < layout->n; i++) {
                size_t column = layout->columns[i];
                layout->widths[i] = text_width(table->columns[column].heading);
                for (size_t row = 0; row < table_n_rows(table); row++) {
                        const struct cell *cell = &table->cells[row * table->n_columns + column];
                        size_t width = text_width(table_layout_text(layout, cell));
                        if (width > layout->widths[i])
                                layout->widths[i] = width;
                }
        }
}

static size_t total_width(const struct table_layout *layout)
{
        size_t total = GAP_COLUMNS * (layout->n - 1);

        for (size_t i = 0; i < layout->n; i++)
                total += layout->widths[i];
        return total;
}

/* ---- a narrow window ---- */

static void leave_out(struct table_layout *layout, size_t at)
{
        for (size_t i = at; i + 1 < layout->n; i++) {
                layout->columns[i] = layout->columns[i + 1];
                layout->widths[i] = layout->widths[i + 1];
        }
        layout->n--;
}

static bool is_empty(const struct table *table, size_t column)
{
        for (size_t row = 0; row < table_n_rows(table); row++)
                if (table->cells[row * table->n_columns + column].text[0] != '\0')
                        return false;
        return true;
}

/* The first column says what a row is. */
static void leave_out_empty(const struct table *table, struct table_layout *layout, size_t window)
{
        for (size_t i = layout->n; i-- > 1 && total_width(layout) > window;)
                if (is_empty(table, layout->columns[i]))
                        leave_out(layout, i);
}

static void leave_out_spare(const struct table *table, struct table_layout *layout, size_t window)
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
static size_t least_total(const struct table *table, const struct table_layout *layout)
{
        size_t total = total_width(layout);

        for (size_t i = 0; i < layout->n; i++) {
                const struct table_column *column = &table->columns[layout->columns[i]];
                if (!column->is_whole && layout->widths[i] > least_width(column))
                        total -= layout->widths[i] - least_width(column);
        }
        return total;
}

static void leave_out_any(const struct table *table, struct table_layout *layout, size_t window)
{
        for (size_t i = layout->n; i-- > 1 && least_total(table, layout) > window;)
                if (!table->columns[layout->columns[i]].is_whole)
                        leave_out(layout, i);
}

/* The widest column that may become narrower; NULL: there is none. */
static size_t *widest(const struct table *table, const struct table_layout *layout)
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

void table_layout_fit(struct table_layout *layout, const struct table *table, size_t window)
{
        size_t *width;

        layout->n = table->n_columns;
        for (size_t i = 0; i < layout->n; i++)
                layout->columns[i] = i;
        measure(table, layout);
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
