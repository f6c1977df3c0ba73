/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows and columns for people on standard output, each column as wide as its widest text. In a
 * window that is too narrow the widest ones are cut; outside a terminal nothing is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "ctl/output.h"

struct table_column {
        const char *heading;
        bool is_whole; /* never cut: what is typed again, like an id */
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

/* Headings and whole rows. 0 or -ENOMEM. */
int table_print(const struct table *table);
