/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-row.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "common/text.h"
#include "io/store-cells.h"
#include "io/store-database.h"
#include "io/store-statements.h"
#include "io/store-wording.h"
#include "io/token-seal.h"

/* ---- one row ---- */

static int select_rows(const struct row_place *place, const struct table *table,
                       const struct row_match *matches, size_t n_matches,
                       sqlite3_stmt **ret_statement)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;

        int r = wording_prepare(place->db, table, WORDING_SELECT, matches, n_matches, &statement);
        for (size_t i = 0; i < n_matches && r == 0; i++)
                r = database_error(place->db,
                                   sqlite3_bind_text(statement, (int)i + 1, matches[i].text, -1,
                                                     SQLITE_STATIC));
        if (r < 0)
                return r;
        *ret_statement = TAKE_PTR(statement);
        return 0;
}

static int write_row(const struct row_place *place, const struct table *table, const void *record,
                     enum wording wording)
{
        _cleanup_cells_ struct cells cells = {.table = table};
        _cleanup_borrowed_ sqlite3_stmt *statement = NULL;

        int r = cells_pack(&cells, place->seal, record);
        if (r < 0)
                return r;
        r = statements_borrow(place->statements, place->db, table, wording, &statement);
        if (r < 0)
                return r;
        r = cells_bind(&cells, place->db, statement);
        if (r < 0)
                return r;
        r = database_step(place->db, statement);
        if (r < 0)
                return r;
        return sqlite3_changes(place->db) == 1 ? 0 : -ENOENT;
}

int row_add(const struct row_place *place, const struct table *table, const void *record)
{
        return write_row(place, table, record, WORDING_INSERT);
}

int row_update(const struct row_place *place, const struct table *table, const void *record)
{
        return write_row(place, table, record, WORDING_UPDATE);
}

int row_put(const struct row_place *place, const struct table *table, const void *record)
{
        return write_row(place, table, record, WORDING_PUT);
}

static int read_row(const struct row_place *place, const struct table *table,
                    sqlite3_stmt *statement, void *ret_record)
{
        _cleanup_cells_ struct cells cells = {.table = table};

        int r = cells_fetch(&cells, place->db, statement);
        if (r < 0)
                return r;
        return cells_unpack(&cells, place->seal, ret_record);
}

int row_get(const struct row_place *place, const struct table *table,
            const struct row_match *matches, size_t n_matches, void *ret_record)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;

        int r = select_rows(place, table, matches, n_matches, &statement);
        if (r < 0)
                return r;
        r = database_step(place->db, statement);
        if (r <= 0)
                return r < 0 ? r : -ENOENT;
        return read_row(place, table, statement, ret_record);
}

int row_remove(const struct row_place *place, const struct table *table, const char *key)
{
        _cleanup_borrowed_ sqlite3_stmt *statement = NULL;

        int r = statements_borrow(place->statements, place->db, table, WORDING_REMOVE, &statement);
        if (r < 0)
                return r;
        r = database_error(place->db, sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC));
        if (r < 0)
                return r;
        r = database_step(place->db, statement);
        /* What the rows that are left refer to would not be there. */
        if (r == -ENOENT || r == -EINVAL)
                return -ENOTEMPTY;
        if (r < 0)
                return r;
        return sqlite3_changes(place->db) > 0 ? 0 : -ENOENT;
}

/* ---- many ---- */

struct row_list {
        const struct table *table;
        char *records;
        size_t n, capacity;
};

static void row_list_finish(struct row_list *list)
{
        row_list_free(list->table, list->records, list->n);
}

void row_list_free(const struct table *table, void *records, size_t n)
{
        for (size_t i = 0; i < n; i++)
                row_finish(table, (char *)records + i * table->record_size);
        free(records);
}

void row_finish(const struct table *table, void *record)
{
        for (size_t i = 0; i < table->n_columns; i++) {
                void *member = (char *)record + table->columns[i].offset;
                switch (table->columns[i].kind) {
                case COLUMN_TEXT:
                        free(*(char **)member);
                        break;
                case COLUMN_SECRET:
                        (void)secret_free(*(struct secret **)member);
                        break;
                case COLUMN_NUMBER:
                case COLUMN_FLAG:
                        break;
                }
        }
        memset(record, 0, table->record_size);
}

static int copy_secret(const struct secret *secret, struct secret **ret_copy)
{
        if (!secret)
                return 0;
        *ret_copy = secret_new(secret_bytes(secret), secret_size(secret));
        return *ret_copy ? 0 : -ENOMEM;
}

static int copy_member(enum column_kind kind, const void *member, void *ret_member)
{
        switch (kind) {
        case COLUMN_TEXT:
                return text_copy(*(char *const *)member, ret_member);
        case COLUMN_SECRET:
                return copy_secret(*(struct secret *const *)member, ret_member);
        case COLUMN_NUMBER:
                *(uint64_t *)ret_member = *(const uint64_t *)member;
                return 0;
        case COLUMN_FLAG:
                *(bool *)ret_member = *(const bool *)member;
                return 0;
        }
        return -EINVAL;
}

int row_copy(const struct table *table, const void *record, void *ret_copy)
{
        int r = 0;

        memset(ret_copy, 0, table->record_size);
        for (size_t i = 0; i < table->n_columns && r == 0; i++) {
                size_t offset = table->columns[i].offset;
                r = copy_member(table->columns[i].kind, (const char *)record + offset,
                                (char *)ret_copy + offset);
        }
        if (r < 0)
                row_finish(table, ret_copy);
        return r;
}

/* The records hold pointers to texts and secrets, none of their bytes: realloc() may move them. */
static int row_list_grow(struct row_list *list)
{
        if (list->n < list->capacity)
                return 0;
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        char *records = reallocarray(list->records, capacity, list->table->record_size);
        if (!records)
                return -ENOMEM;
        list->records = records;
        list->capacity = capacity;
        return 0;
}

int row_list(const struct row_place *place, const struct table *table,
             const struct row_match *match, void **ret_records, size_t *ret_n)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;
        _cleanup_(row_list_finish) struct row_list list = {.table = table};

        int r = select_rows(place, table, match, match ? 1 : 0, &statement);
        if (r < 0)
                return r;
        while ((r = database_step(place->db, statement)) == 1) {
                r = row_list_grow(&list);
                if (r == 0)
                        r = read_row(place, table, statement,
                                     list.records + list.n * table->record_size);
                if (r < 0)
                        return r;
                list.n++;
        }
        if (r < 0)
                return r;
        *ret_n = list.n;
        *ret_records = TAKE_PTR(list.records);
        list.n = 0;
        return 0;
}

/* ---- all ---- */

static int check_row(const struct row_place *place, const struct table *table,
                     sqlite3_stmt *statement)
{
        _cleanup_cells_ struct cells cells = {.table = table};

        int r = cells_fetch(&cells, place->db, statement);
        return r < 0 ? r : cells_check(&cells, place->seal);
}

int row_check_all(const struct row_place *place, const struct table *table)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;

        int r = select_rows(place, table, NULL, 0, &statement);
        if (r < 0)
                return r;
        while ((r = database_step(place->db, statement)) == 1) {
                r = check_row(place, table, statement);
                if (r < 0)
                        return r;
        }
        return r;
}

/* Like read_row(), of rows that are not sealed with the first key; 0 when it is. */
static int read_old_row(const struct row_place *place, const struct table *table,
                        sqlite3_stmt *statement, void *ret_record)
{
        int last = (int)table->n_columns;
        const void *proof = sqlite3_column_blob(statement, last);

        if (proof && token_seal_is_current(place->seal, proof,
                                           (size_t)sqlite3_column_bytes(statement, last)))
                return 0;
        int r = read_row(place, table, statement, ret_record);
        return r < 0 ? r : 1;
}

static int old_rows(const struct row_place *place, size_t max_rows, struct row_list *list)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;

        int r = select_rows(place, list->table, NULL, 0, &statement);
        if (r < 0)
                return r;
        while (list->n < max_rows && (r = database_step(place->db, statement)) == 1) {
                r = row_list_grow(list);
                if (r == 0)
                        r = read_old_row(place, list->table, statement,
                                         list->records + list->n * list->table->record_size);
                if (r < 0)
                        return r;
                list->n += (size_t)r;
        }
        return r < 0 ? r : 0;
}

int row_rekey(const struct row_place *place, const struct table *table, size_t max_rows,
              size_t *ret_n)
{
        _cleanup_(row_list_finish) struct row_list list = {.table = table};

        int r = old_rows(place, max_rows, &list);
        for (size_t i = 0; i < list.n && r == 0; i++)
                r = row_update(place, table, list.records + i * table->record_size);
        if (r < 0)
                return r;
        *ret_n = list.n;
        return 0;
}
