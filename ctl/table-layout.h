/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which columns of a table are shown, how wide each, and whether in brief, for a window: the order
 * in which things go stands in ctl/table.h. For ctl/table.c alone. */
#pragma once

#include "ctl/table.h"

#define GAP_COLUMNS 2

struct cell {
        char *text;
        char *brief; /* or NULL */
        enum tone tone;
};

struct table {
        const struct table_column *columns;
        size_t n_columns;
        struct cell *cells; /* row by row */
        size_t n_cells;
};

struct table_layout {
        size_t *columns; /* their indexes, from left to right */
        size_t *widths;  /* of these */
        size_t n;
        bool is_brief;
};

size_t table_n_rows(const struct table *table);
/* The text of the cell, or the brief one. */
const char *table_layout_text(const struct table_layout *layout, const struct cell *cell);

/* The layout has room for all columns. window: its columns; 0: whatever the table takes. */
void table_layout_fit(struct table_layout *layout, const struct table *table, size_t window);
