/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a row of the file, which may say anything, to a record. */
#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <string.h>

#include "common/secret.h"
#include "common/text.h"
#include "io/store-cells.h"

/* sqlite3_column_bytes() is to come after the call that gives the bytes. */
static int fetch_bytes(sqlite3 *db, sqlite3_stmt *statement, int at, bool is_text,
                       struct cell *cell)
{
        cell->bytes = is_text ? (const void *)sqlite3_column_text(statement, at)
                              : sqlite3_column_blob(statement, at);
        cell->size = (size_t)sqlite3_column_bytes(statement, at);
        if (!cell->bytes && sqlite3_errcode(db) == SQLITE_NOMEM)
                return -ENOMEM;
        if (!cell->bytes || (is_text && memchr(cell->bytes, '\0', cell->size)))
                return -EBADMSG;
        return 0;
}

static int fetch_number(sqlite3_stmt *statement, int at, bool is_flag, struct cell *cell)
{
        sqlite3_int64 number = sqlite3_column_int64(statement, at);

        if (number < 0 || (is_flag && number > 1))
                return -EBADMSG;
        cell->number = (uint64_t)number;
        return 0;
}

static int fetch_cell(sqlite3 *db, sqlite3_stmt *statement, int at, enum column_kind kind,
                      struct cell *cell)
{
        int type = sqlite3_column_type(statement, at);

        switch (kind) {
        case COLUMN_TEXT:
                if (type == SQLITE_NULL)
                        return 0;
                return type == SQLITE_TEXT ? fetch_bytes(db, statement, at, true, cell) : -EBADMSG;
        case COLUMN_SECRET:
                if (type == SQLITE_NULL)
                        return 0;
                return type == SQLITE_BLOB ? fetch_bytes(db, statement, at, false, cell) : -EBADMSG;
        case COLUMN_NUMBER:
        case COLUMN_FLAG:
                return type == SQLITE_INTEGER
                               ? fetch_number(statement, at, kind == COLUMN_FLAG, cell)
                               : -EBADMSG;
        }
        return -EBADMSG;
}

int cells_fetch(struct cells *cells, sqlite3 *db, sqlite3_stmt *statement)
{
        struct cell proof = {0};
        int n = (int)cells->table->n_columns;

        for (int i = 0; i < n; i++) {
                int r = fetch_cell(db, statement, i, cells->table->columns[i].kind,
                                   &cells->cells[i]);
                if (r < 0)
                        return r;
        }
        int r = fetch_cell(db, statement, n, COLUMN_SECRET, &proof);
        if (r < 0)
                return r;
        if (cells->cells[0].size == 0 || proof.size != sizeof(cells->proof))
                return -EBADMSG;
        memcpy(cells->proof, proof.bytes, sizeof(cells->proof));
        return 0;
}

static int unpack_secret(const struct cells *cells, size_t i, const struct token_seal *seal,
                         struct secret **ret_secret)
{
        const struct cell *cell = &cells->cells[i];
        struct seal_place place = cells_place(cells, i);

        if (!cell->bytes)
                return 0;
        return token_seal_unlock(seal, &place, cell->bytes, cell->size, ret_secret);
}

static int unpack_cell(const struct cells *cells, size_t i, const struct token_seal *seal,
                       void *record)
{
        const struct column *column = &cells->table->columns[i];
        const struct cell *cell = &cells->cells[i];
        void *member = (char *)record + column->offset;

        switch (column->kind) {
        case COLUMN_TEXT:
                return text_copy(cell->bytes, (char **)member);
        case COLUMN_NUMBER:
                *(uint64_t *)member = cell->number;
                return 0;
        case COLUMN_FLAG:
                *(bool *)member = cell->number == 1;
                return 0;
        case COLUMN_SECRET:
                return unpack_secret(cells, i, seal, (struct secret **)member);
        }
        return -EBADMSG;
}

static int check_proof(const struct cells *cells, const struct token_seal *seal)
{
        _cleanup_secret_ struct secret *bytes = NULL;

        int r = cells_encode(cells, &bytes);
        if (r < 0)
                return r;
        return token_seal_check(seal, bytes, cells->proof, sizeof(cells->proof));
}

int cells_check(const struct cells *cells, const struct token_seal *seal)
{
        int r = check_proof(cells, seal);

        for (size_t i = 0; i < cells->table->n_columns && r == 0; i++) {
                _cleanup_secret_ struct secret *secret = NULL;
                if (cells->table->columns[i].kind == COLUMN_SECRET)
                        r = unpack_secret(cells, i, seal, &secret);
        }
        return r;
}

int cells_unpack(const struct cells *cells, const struct token_seal *seal, void *ret_record)
{
        const struct table *table = cells->table;
        _cleanup_free_ void *record = calloc(1, table->record_size);

        if (!record)
                return -ENOMEM;
        int r = check_proof(cells, seal);
        for (size_t i = 0; i < table->n_columns && r == 0; i++)
                r = unpack_cell(cells, i, seal, record);
        if (r < 0) {
                row_finish(table, record);
                return r;
        }
        memcpy(ret_record, record, table->record_size);
        return 0;
}
