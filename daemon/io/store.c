/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store.h"

#include <errno.h>
#include <sqlite3.h>

#include "io/store-database.h"
#include "io/store-file.h"
#include "io/store-schema.h"
#include "io/store-statements.h"
#include "io/store-tables.h"

struct store {
        struct row_place place;
};

/* Those that others refer to first. */
static const struct table *const tables[] = {
        &account_table, &identity_table, &session_table, &ticket_table,
        &factor_table,  &throttle_table, &fact_table,
};

static int refuse(int error, const char *why, const char **ret_why)
{
        *ret_why = why;
        return error;
}

const struct row_place *store_place(const struct store *store)
{
        return &store->place;
}

bool store_is_there(const char *path)
{
        enum store_file file;
        const char *why;

        return store_file_look(path, &file, &why) < 0 || file != STORE_FILE_ABSENT;
}

int store_set_aside(const char *path, uint64_t now_sec, char **ret_name)
{
        return store_file_set_aside(path, now_sec, ret_name);
}

struct store *store_close(struct store *store)
{
        if (!store)
                return NULL;
        (void)statements_free(store->place.statements);
        (void)database_close(store->place.db);
        free(store);
        return NULL;
}

/* ---- making ---- */

/* Empty, but with its tables, before it has its name: an empty file of that name is a damaged one.
 */
static int draft_fill(const char *draft, const char **ret_why)
{
        _cleanup_database_ sqlite3 *db = NULL;

        int r = database_make(draft, &db);
        if (r < 0)
                return refuse(r, "it cannot be made", ret_why);
        return schema_upgrade(db, &store_schema, ret_why);
}

static int store_make(const char *path, const char **ret_why)
{
        _cleanup_free_ char *draft = NULL;

        int r = store_file_draft(path, &draft);
        if (r < 0)
                return refuse(r, "it cannot be made", ret_why);
        r = draft_fill(draft, ret_why);
        if (r < 0)
                return r;
        r = store_file_publish(draft, path);
        return r < 0 ? refuse(r, "it cannot be given its name", ret_why) : 0;
}

/* ---- opening ---- */

static int rows_check(const struct row_place *place, const char **ret_why)
{
        for (size_t i = 0; i < ELEMENTSOF(tables); i++) {
                int r = row_check_all(place, tables[i]);
                if (r == -ENOKEY)
                        return refuse(r, "a row of it was sealed with another key", ret_why);
                if (r == -EPROTONOSUPPORT)
                        return refuse(r, "a newer badged sealed a row of it", ret_why);
                if (r < 0)
                        return refuse(r, "a row of it is not as it was written", ret_why);
        }
        return 0;
}

int store_settle(struct store *store)
{
        return database_execute(store->place.db, "PRAGMA wal_checkpoint(TRUNCATE)");
}

/* What a crash left in the journal becomes part of the file before anything is built on it. */
static int journal_empty(struct store *store, const char **ret_why)
{
        int r = store_settle(store);
        return r < 0 ? refuse(r, "its journal cannot be written back", ret_why) : 0;
}

static int contents_check(struct store *store, const char **ret_why)
{
        const struct row_place *place = &store->place;

        int r = schema_check_version(place->db, &store_schema, ret_why);
        if (r < 0)
                return r;
        r = database_check(place->db, ret_why);
        if (r < 0)
                return r;
        r = schema_upgrade(place->db, &store_schema, ret_why);
        if (r < 0)
                return r;
        r = schema_check(place->db, &store_schema, ret_why);
        if (r < 0)
                return r;
        r = rows_check(place, ret_why);
        if (r < 0)
                return r;
        return journal_empty(store, ret_why);
}

static int file_ready(const char *path, const char **ret_why)
{
        enum store_file file;

        int r = store_file_look(path, &file, ret_why);
        if (r < 0)
                return r;
        switch (file) {
        case STORE_FILE_THERE:
                return 0;
        case STORE_FILE_ABSENT:
                return store_make(path, ret_why);
        case STORE_FILE_BEREFT:
                return refuse(-EBADMSG, "only its journal is there", ret_why);
        }
        return -EINVAL;
}

int store_open(const char *path, const struct token_seal *seal, struct store **ret_store,
               const char **ret_why)
{
        _cleanup_(store_closep) struct store *store = calloc(1, sizeof(*store));

        if (!store)
                return refuse(-ENOMEM, "memory is short", ret_why);
        store->place.seal = seal;
        store->place.statements = statements_new();
        if (!store->place.statements)
                return refuse(-ENOMEM, "memory is short", ret_why);
        int r = file_ready(path, ret_why);
        if (r < 0)
                return r;
        r = database_open(path, &store->place.db);
        if (r == -EBUSY)
                return refuse(r, "another process has it open", ret_why);
        if (r < 0)
                return refuse(r, "it cannot be opened as a database", ret_why);
        r = contents_check(store, ret_why);
        if (r < 0)
                return r;
        *ret_store = TAKE_PTR(store);
        return 0;
}

/* ---- writing ---- */

int store_begin(struct store *store)
{
        if (!sqlite3_get_autocommit(store->place.db))
                return -EALREADY;
        return database_execute(store->place.db, "BEGIN IMMEDIATE");
}

/* sqlite ends a transaction by itself when the disk or the memory fails it. */
int store_commit(struct store *store)
{
        if (sqlite3_get_autocommit(store->place.db))
                return -ECANCELED;
        int r = database_execute(store->place.db, "COMMIT");
        if (r < 0)
                store_rollback(store);
        return r;
}

void store_rollback(struct store *store)
{
        if (!sqlite3_get_autocommit(store->place.db))
                (void)database_execute(store->place.db, "ROLLBACK");
}

void store_set_seal(struct store *store, const struct token_seal *seal)
{
        store->place.seal = seal;
}

static int rekey_tables(struct store *store, size_t max_rows, size_t *ret_n)
{
        size_t n = 0;

        for (size_t i = 0; i < ELEMENTSOF(tables) && n < max_rows; i++) {
                size_t rows = 0;
                int r = row_rekey(&store->place, tables[i], max_rows - n, &rows);
                if (r < 0)
                        return r;
                n += rows;
        }
        *ret_n = n;
        return 0;
}

int store_rekey(struct store *store, size_t max_rows, size_t *ret_n)
{
        size_t n = 0;

        int r = store_begin(store);
        if (r < 0)
                return r;
        r = rekey_tables(store, max_rows, &n);
        if (r == 0)
                r = store_commit(store);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        *ret_n = n;
        return 0;
}
