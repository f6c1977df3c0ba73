/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records into rows and back, by a description of the table. Each row carries a proof over its
 * table and all that it says; one that was changed, or copied from another place, is not read.
 * Secrets are sealed for their row and column. For the files of the store alone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct sqlite3;
struct statements;
struct token_seal;

enum column_kind {
        COLUMN_TEXT,   /* char *, or NULL */
        COLUMN_NUMBER, /* uint64_t, at most INT64_MAX */
        COLUMN_FLAG,   /* bool */
        COLUMN_SECRET, /* struct secret *, or NULL; sealed in the file */
};

struct column {
        const char *name;
        enum column_kind kind;
        size_t offset; /* in the record */
};

#define TABLE_MAX_COLUMNS 40

/* The first column is a text that names the row for good. */
struct table {
        const char *name;
        size_t record_size;
        const struct column *columns;
        size_t n_columns;
};

/* The file, what was prepared for it, and the keys. All borrowed. */
struct row_place {
        struct sqlite3 *db;
        struct statements *statements;
        const struct token_seal *seal;
};

/* Rows whose column holds this text. */
struct row_match {
        const char *column, *text;
};

/* -EEXIST when there is such a row, -ENOENT when it refers to one that is not there, -EINVAL when
 * something is missing; and all others of io/store-database.h and io/token-seal.h. */
int row_add(const struct row_place *place, const struct table *table, const void *record);

/* Writes the row anew, wholly. -ENOENT when it is not there. */
int row_update(const struct row_place *place, const struct table *table, const void *record);

/* Likewise, or adds it when it is not there. */
int row_put(const struct row_place *place, const struct table *table, const void *record);

/* The one row that matches; -ENOENT. The caller finishes the record. */
int row_get(const struct row_place *place, const struct table *table,
            const struct row_match *matches, size_t n_matches, void *ret_record);

/* -ENOENT; -ENOTEMPTY when other rows need it. */
int row_remove(const struct row_place *place, const struct table *table, const char *key);

/* All that match (every one without a match), oldest first. One bad row spoils the list. */
int row_list(const struct row_place *place, const struct table *table,
             const struct row_match *match, void **ret_records, size_t *ret_n);

/* With all that it holds; the caller finishes the copy. */
int row_copy(const struct table *table, const void *record, void *ret_copy);

/* Frees what the record holds and empties it. */
void row_finish(const struct table *table, void *record);
/* Likewise all, and the list. */
void row_list_free(const struct table *table, void *records, size_t n);

/* Reads every row, and forgets it again. */
int row_check_all(const struct row_place *place, const struct table *table);

/* Seals up to max_rows rows anew that an older key had sealed. */
int row_rekey(const struct row_place *place, const struct table *table, size_t max_rows,
              size_t *ret_n);
