/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of badged after somebody was at its files: bits, rows, tables, the key, the counter.
 * Whatever opens says only what was written; what was put back from before, or objected to, lets
 * nobody in; and no restart makes it better. */
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"
#include "io/store-tables.h"
#include "io/store.h"
#include "log.h"
#include "state-files.h"
#include "state-folder.h"

#define OPS_MAX 16

/* Of one statement, so that none runs for ever. */
#define SQL_STEPS_MAX 20000

enum op {
        OP_FLIP,
        OP_WRITE, /* a whole file */
        OP_CUT,
        OP_REMOVE, /* a whole file */
        OP_CELL,   /* a value of the input's in a cell */
        OP_COPY,   /* a cell of another row in a cell */
        OP_CLONE,  /* a row twice, under another key */
        OP_DELETE, /* a row */
        OP_SQL,
        OPS,
};

static const struct table *const tables[] = {
        &account_table, &identity_table, &session_table, &ticket_table,
        &factor_table,  &throttle_table, &fact_table,
};

/* What the daemon says of it goes nowhere here. */
void log_line(int level, const char *format, ...)
{
}

/* ---- inside the store ---- */

static int stop(void *userdata)
{
        unsigned *n = userdata;

        return ++*n > SQL_STEPS_MAX / 100;
}

/* Limits of the process are not the file's. */
static int authorize(void *userdata, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
        if (action == SQLITE_PRAGMA && strstr(first, "heap_limit"))
                return SQLITE_DENY;
        return action == SQLITE_ATTACH ? SQLITE_DENY : SQLITE_OK;
}

/* What it says is sqlite's to refuse; text may be NULL. */
static void edit(const char *sql, const char *text)
{
        sqlite3 *db = NULL;
        sqlite3_stmt *statement = NULL;
        const char *rest = sql;
        unsigned n = 0;

        if (sqlite3_open_v2(state_folder_file(FILE_STORE), &db, SQLITE_OPEN_READWRITE, NULL) ==
            SQLITE_OK) {
                (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 256 * 1024);
                sqlite3_progress_handler(db, 100, stop, &n);
                (void)sqlite3_set_authorizer(db, authorize, NULL);
                while (*rest && sqlite3_prepare_v2(db, rest, -1, &statement, &rest) == SQLITE_OK) {
                        if (text)
                                (void)sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
                        while (statement && sqlite3_step(statement) == SQLITE_ROW)
                                continue;
                        (void)sqlite3_finalize(statement);
                }
        }
        (void)sqlite3_close(db);
}

__attribute__((format(printf, 2, 3))) static void edit_with(const char *text, const char *format,
                                                            ...)
{
        _cleanup_free_ char *sql = NULL;
        va_list arguments;

        va_start(arguments, format);
        FUZZ_EXPECT(vasprintf(&sql, format, arguments) > 0);
        va_end(arguments);
        edit(sql, text);
}

/* The proof is a column as well. */
static const char *pick_column(struct fuzz_bytes *bytes, const struct table *table)
{
        size_t n = fuzz_byte(bytes) % (table->n_columns + 1);

        return n == table->n_columns ? "proof" : table->columns[n].name;
}

static void change_cell(struct fuzz_bytes *bytes, const struct table *table)
{
        static const char *const casts[] = {"?1", "CAST(?1 AS INTEGER)", "CAST(?1 AS BLOB)",
                                            "NULL"};
        const char *column = pick_column(bytes, table);
        uint8_t cast = fuzz_byte(bytes) % ELEMENTSOF(casts), row = fuzz_byte(bytes) % 2;

        edit_with(fuzz_text(bytes), "UPDATE %s SET %s = %s WHERE rowid = %u", table->name, column,
                  casts[cast], row + 1U);
}

static void copy_cell(struct fuzz_bytes *bytes, const struct table *table)
{
        const char *column = pick_column(bytes, table);
        uint8_t row = fuzz_byte(bytes) % 2;

        edit_with(NULL, "UPDATE %s SET %s = (SELECT %s FROM %s WHERE rowid = %u) WHERE rowid = %u",
                  table->name, column, column, table->name, 2U - row, row + 1U);
}

static void clone_row(struct fuzz_bytes *bytes, const struct table *table)
{
        const char *key = table->columns[0].name;

        edit_with(fuzz_text(bytes),
                  "CREATE TEMP TABLE twin AS SELECT * FROM %s WHERE rowid = 1;"
                  "UPDATE twin SET %s = ?1; INSERT INTO %s SELECT * FROM twin",
                  table->name, key, table->name);
}

/* ---- at the files ---- */

struct harm {
        bool store, key, count, objection;
};

static enum folder_file pick_file(struct fuzz_bytes *bytes, struct harm *harm)
{
        enum folder_file file = (enum folder_file)(fuzz_byte(bytes) % FOLDER_FILES);

        harm->store |= file == FILE_STORE || file == FILE_JOURNAL;
        harm->key |= file == FILE_KEY;
        harm->count |= file == FILE_COUNT;
        harm->objection |= file == FILE_OBJECTION;
        return file;
}

static void harm_file(struct fuzz_bytes *bytes, enum op op, struct harm *harm)
{
        enum folder_file file = pick_file(bytes, harm);
        uint64_t number = op == OP_FLIP || op == OP_CUT ? fuzz_number(bytes) : 0;

        if (op == OP_FLIP) {
                state_folder_flip(file, number, fuzz_byte(bytes));
        } else if (op == OP_CUT) {
                state_folder_cut(file, number);
        } else if (op == OP_REMOVE) {
                (void)remove(state_folder_file(file));
        } else {
                const char *text = fuzz_text(bytes);
                state_folder_write(file, text, strlen(text));
        }
}

static void harm_row(struct fuzz_bytes *bytes, enum op op)
{
        const struct table *table = tables[fuzz_byte(bytes) % ELEMENTSOF(tables)];

        if (op == OP_CELL)
                change_cell(bytes, table);
        else if (op == OP_COPY)
                copy_cell(bytes, table);
        else if (op == OP_CLONE)
                clone_row(bytes, table);
        else
                edit_with(NULL, "DELETE FROM %s WHERE rowid = %u", table->name,
                          fuzz_byte(bytes) % 2 + 1U);
}

static void harm_once(struct fuzz_bytes *bytes, struct harm *harm)
{
        enum op op = (enum op)(fuzz_byte(bytes) % OPS);

        if (op <= OP_REMOVE) {
                harm_file(bytes, op, harm);
                return;
        }
        harm->store = true;
        if (op == OP_SQL)
                edit(fuzz_text(bytes), NULL);
        else
                harm_row(bytes, op);
}

/* ---- what is to be ---- */

/* True when people could sign in on the ground of it. */
static bool open_once(enum folder_state state, const struct harm *harm)
{
        bool objected = state_folder_has(FILE_OBJECTION);
        struct state_files *files = NULL;
        struct store *store = NULL;

        if (state_files_open(state_folder_path(), &files, &store) < 0) {
                FUZZ_EXPECT(!files && !store);
                return false;
        }
        bool is_open = !files->why, is_whole = state_folder_is_whole(store);
        FUZZ_EXPECT(!objected || !is_open);
        FUZZ_EXPECT(is_open || state_folder_has(FILE_OBJECTION));
        if (is_open && !harm->store && state != FOLDER_BACKUP)
                FUZZ_EXPECT(is_whole);
        if (state == FOLDER_BACKUP && !harm->store && !harm->count)
                FUZZ_EXPECT(!is_open);
        (void)store_close(store);
        (void)state_files_free(files);
        return is_open;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;
        struct harm harm = {0};

        fuzz_bytes_init(&bytes, data, size);
        enum folder_state state = (enum folder_state)(fuzz_byte(&bytes) % FOLDER_STATES);
        state_folder_fill(state);
        for (size_t i = 0; i < OPS_MAX && fuzz_bytes_left(&bytes) > 0; i++)
                harm_once(&bytes, &harm);
        bool is_open = open_once(state, &harm);
        bool is_open_again = open_once(state, &harm);
        FUZZ_EXPECT(is_open || !is_open_again);
        fuzz_bytes_finish(&bytes);
        return 0;
}
