/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The statements for a table, out of its description. Names come from there alone, values are
 * always parameters. For store-row.c and store-statements.c alone. */
#pragma once

#include <stddef.h>

#include "io/store-row.h"

struct sqlite3_stmt;

enum wording {
        WORDING_INSERT, /* parameter i + 1 is column i, the last one the proof */
        WORDING_UPDATE, /* likewise */
        WORDING_PUT,    /* likewise; the one or the other */
        WORDING_REMOVE, /* the first parameter is the key */
        WORDING_SELECT, /* parameter i + 1 is match i; column i is column i, the last one the proof
                         */
};

int wording_prepare(struct sqlite3 *db, const struct table *table, enum wording wording,
                    const struct row_match *matches, size_t n_matches,
                    struct sqlite3_stmt **ret_statement);
