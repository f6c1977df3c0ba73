/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-cells.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "common/secret.h"
#include "io/store-database.h"

/* What is proved: all cells of the largest row, and their names. */
#define PROVED_MAX_BYTES ((size_t)2 * 1024 * 1024)

void cells_finish(struct cells *cells)
{
        for (size_t i = 0; i < TABLE_MAX_COLUMNS; i++)
                cells->cells[i].sealed = secret_free(cells->cells[i].sealed);
}

/* ---- proof ---- */

static int append_number(struct secret *bytes, uint64_t number)
{
        unsigned char digits[8];

        for (size_t i = 0; i < sizeof(digits); i++)
                digits[i] = (unsigned char)(number >> (56 - 8 * i));
        return secret_append(bytes, digits, sizeof(digits), PROVED_MAX_BYTES);
}

static int append_bytes(struct secret *bytes, const void *part, size_t size)
{
        int r = append_number(bytes, size);
        return r < 0 ? r : secret_append(bytes, part, size, PROVED_MAX_BYTES);
}

static bool cell_is_empty(const struct cell *cell)
{
        return !cell->bytes && cell->number == 0;
}

static int append_cell(struct secret *bytes, const struct column *column, const struct cell *cell)
{
        int r = append_bytes(bytes, column->name, strlen(column->name));
        if (r < 0)
                return r;
        if (cell->bytes)
                return append_bytes(bytes, cell->bytes, cell->size);
        return append_number(bytes, cell->number);
}

/* Every part with its size in front, named, and in the order of the columns: no two rows are the
 * same bytes. What is empty is left out: see io/store-schema.h. */
int cells_encode(const struct cells *cells, struct secret **ret_bytes)
{
        const struct table *table = cells->table;
        _cleanup_secret_ struct secret *bytes = secret_new(NULL, 0);

        if (!bytes)
                return -ENOMEM;
        int r = append_bytes(bytes, table->name, strlen(table->name));
        for (size_t i = 0; i < table->n_columns && r == 0; i++)
                if (!cell_is_empty(&cells->cells[i]))
                        r = append_cell(bytes, &table->columns[i], &cells->cells[i]);
        if (r < 0)
                return r;
        *ret_bytes = TAKE_PTR(bytes);
        return 0;
}

struct seal_place cells_place(const struct cells *cells, size_t i)
{
        return (struct seal_place){cells->table->name, cells->cells[0].bytes,
                                   cells->table->columns[i].name};
}

/* ---- from a record ---- */

static int pack_text(struct cell *cell, const char *text)
{
        cell->bytes = text;
        cell->size = text ? strlen(text) : 0;
        return 0;
}

static int pack_number(struct cell *cell, uint64_t number)
{
        if (number > INT64_MAX)
                return -ERANGE;
        cell->number = number;
        return 0;
}

static int pack_secret(struct cells *cells, size_t i, const struct token_seal *seal,
                       const struct secret *secret)
{
        struct cell *cell = &cells->cells[i];
        struct seal_place place = cells_place(cells, i);

        if (!secret)
                return 0;
        int r = token_seal_lock(seal, &place, secret, &cell->sealed);
        if (r < 0)
                return r;
        cell->bytes = secret_bytes(cell->sealed);
        cell->size = secret_size(cell->sealed);
        return 0;
}

static int pack_cell(struct cells *cells, size_t i, const struct token_seal *seal,
                     const void *record)
{
        const struct column *column = &cells->table->columns[i];
        const void *member = (const char *)record + column->offset;

        switch (column->kind) {
        case COLUMN_TEXT:
                return pack_text(&cells->cells[i], *(char *const *)member);
        case COLUMN_NUMBER:
                return pack_number(&cells->cells[i], *(const uint64_t *)member);
        case COLUMN_FLAG:
                return pack_number(&cells->cells[i], *(const bool *)member);
        case COLUMN_SECRET:
                return pack_secret(cells, i, seal, *(struct secret *const *)member);
        }
        return -EINVAL;
}

int cells_pack(struct cells *cells, const struct token_seal *seal, const void *record)
{
        _cleanup_secret_ struct secret *bytes = NULL;

        for (size_t i = 0; i < cells->table->n_columns; i++) {
                int r = pack_cell(cells, i, seal, record);
                if (r < 0)
                        return r;
                if (cells->cells[0].size == 0)
                        return -EINVAL;
        }
        int r = cells_encode(cells, &bytes);
        if (r < 0)
                return r;
        return token_seal_prove(seal, bytes, cells->proof);
}

static int bind_cell(sqlite3_stmt *statement, int at, enum column_kind kind,
                     const struct cell *cell)
{
        switch (kind) {
        case COLUMN_TEXT:
                return cell->bytes ? sqlite3_bind_text64(statement, at, cell->bytes, cell->size,
                                                         SQLITE_STATIC, SQLITE_UTF8)
                                   : SQLITE_OK;
        case COLUMN_NUMBER:
        case COLUMN_FLAG:
                return sqlite3_bind_int64(statement, at, (sqlite3_int64)cell->number);
        case COLUMN_SECRET:
                return cell->bytes ? sqlite3_bind_blob64(statement, at, cell->bytes, cell->size,
                                                         SQLITE_STATIC)
                                   : SQLITE_OK;
        }
        return SQLITE_MISUSE;
}

int cells_bind(const struct cells *cells, sqlite3 *db, sqlite3_stmt *statement)
{
        size_t n = cells->table->n_columns;
        int answer = SQLITE_OK;

        for (size_t i = 0; i < n && answer == SQLITE_OK; i++)
                answer = bind_cell(statement, (int)i + 1, cells->table->columns[i].kind,
                                   &cells->cells[i]);
        if (answer == SQLITE_OK)
                answer = sqlite3_bind_blob64(statement, (int)n + 1, cells->proof,
                                             sizeof(cells->proof), SQLITE_STATIC);
        return database_error(db, answer);
}
