/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-wording.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>

#include "common/cleanup.h"
#include "io/store-database.h"

static void write_columns(FILE *out, const struct table *table)
{
        for (size_t i = 0; i < table->n_columns; i++)
                (void)fprintf(out, "%s, ", table->columns[i].name);
        (void)fprintf(out, "proof");
}

static void write_insert(FILE *out, const struct table *table)
{
        (void)fprintf(out, "INSERT INTO %s (", table->name);
        write_columns(out, table);
        (void)fprintf(out, ") VALUES (");
        for (size_t i = 0; i < table->n_columns; i++)
                (void)fprintf(out, "?%zu, ", i + 1);
        (void)fprintf(out, "?%zu)", table->n_columns + 1);
}

/* Only of the same key: a row that another one has a text in common with, which may be there once,
 * is refused. */
static void write_put(FILE *out, const struct table *table)
{
        write_insert(out, table);
        (void)fprintf(out, " ON CONFLICT (%s) DO UPDATE SET ", table->columns[0].name);
        for (size_t i = 1; i < table->n_columns; i++)
                (void)fprintf(out, "%s = excluded.%s, ", table->columns[i].name,
                              table->columns[i].name);
        (void)fprintf(out, "proof = excluded.proof");
}

static void write_update(FILE *out, const struct table *table)
{
        (void)fprintf(out, "UPDATE %s SET ", table->name);
        for (size_t i = 1; i < table->n_columns; i++)
                (void)fprintf(out, "%s = ?%zu, ", table->columns[i].name, i + 1);
        (void)fprintf(out, "proof = ?%zu WHERE %s = ?1", table->n_columns + 1,
                      table->columns[0].name);
}

static void write_remove(FILE *out, const struct table *table)
{
        (void)fprintf(out, "DELETE FROM %s WHERE %s = ?1", table->name, table->columns[0].name);
}

static void write_select(FILE *out, const struct table *table, const struct row_match *matches,
                         size_t n_matches)
{
        (void)fprintf(out, "SELECT ");
        write_columns(out, table);
        (void)fprintf(out, " FROM %s", table->name);
        for (size_t i = 0; i < n_matches; i++)
                (void)fprintf(out, " %s %s = ?%zu", i == 0 ? "WHERE" : "AND", matches[i].column,
                              i + 1);
        (void)fprintf(out, " ORDER BY rowid");
}

int wording_prepare(sqlite3 *db, const struct table *table, enum wording wording,
                    const struct row_match *matches, size_t n_matches, sqlite3_stmt **ret_statement)
{
        _cleanup_free_ char *sql = NULL;
        size_t size;
        FILE *out = open_memstream(&sql, &size);

        if (!out)
                return -ENOMEM;
        switch (wording) {
        case WORDING_INSERT:
                write_insert(out, table);
                break;
        case WORDING_PUT:
                write_put(out, table);
                break;
        case WORDING_UPDATE:
                write_update(out, table);
                break;
        case WORDING_REMOVE:
                write_remove(out, table);
                break;
        case WORDING_SELECT:
                write_select(out, table, matches, n_matches);
                break;
        }
        if (fclose(out) != 0)
                return -ENOMEM;
        return database_prepare(db, sql, ret_statement);
}
