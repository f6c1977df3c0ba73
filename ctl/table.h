/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and columns for people on standard output, each column as wide as its widest text. In a
 * window that is too narrow, what is least missed goes first: columns that are empty, the long form
 * of texts that have a brief one, spare columns from the right, others where cutting were not
 * enough; then the widest are cut. Outside a terminal all is there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "ctl/output.h"

struct table_column {
        const char *heading;
        bool is_whole; /* never cut: what is typed again, like an id */
        bool is_spare; /* need not be there in a narrow window */
};

struct table;

/* The columns are borrowed, and at least one. 0 or -ENOMEM. */
int table_new(const struct table_column *columns, size_t n_columns, struct table **ret_table);
struct table *table_free(struct table *table);
DEFINE_CLEANUP(struct table *, table_free);
#define _cleanup_table_ _cleanup_(table_freep)

/* The next cell, from left to right, row by row. The text is copied and made printable; NULL is an
 * empty one. 0 or -ENOMEM. */
int table_add(struct table *table, enum tone tone, const char *text);

/* Likewise, with what may stand for the text in a narrow window; NULL: nothing may. */
int table_add_brief(struct table *table, enum tone tone, const char *text, const char *brief);

/* Headings and whole rows. 0 or -ENOMEM. */
int table_print(const struct table *table);
