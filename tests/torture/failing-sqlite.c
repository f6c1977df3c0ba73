/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the store calls of sqlite. */
#include "failing-calls.h"

#include <sqlite3.h>

/* sqlite tells of a conversion that failed afterwards, when somebody asks. */
static _Thread_local bool has_no_memory;

static const void *no_memory(void)
{
        has_no_memory = true;
        return NULL;
}

extern int __real_sqlite3_errcode(sqlite3 *db);
extern int __wrap_sqlite3_errcode(sqlite3 *db);

int __wrap_sqlite3_errcode(sqlite3 *db)
{
        bool was_short = has_no_memory;

        has_no_memory = false;
        return was_short ? SQLITE_NOMEM : __real_sqlite3_errcode(db);
}

FAILING(int, sqlite3_open_v2, (const char *path, sqlite3 **ret_db, int flags, const char *vfs),
        (path, ret_db, flags, vfs), SQLITE_NOMEM);
FAILING(int, sqlite3_exec,
        (sqlite3 * db, const char *sql, int (*on_row)(void *, int, char **, char **),
         void *userdata, char **ret_error),
        (db, sql, on_row, userdata, ret_error), SQLITE_IOERR);
FAILING(int, sqlite3_prepare_v2,
        (sqlite3 * db, const char *sql, int size, sqlite3_stmt **ret_statement,
         const char **ret_rest),
        (db, sql, size, ret_statement, ret_rest), SQLITE_NOMEM);
FAILING(int, sqlite3_step, (sqlite3_stmt * statement), (statement), SQLITE_FULL);
FAILING(int, sqlite3_bind_text,
        (sqlite3_stmt * statement, int at, const char *text, int size, void (*destroy)(void *)),
        (statement, at, text, size, destroy), SQLITE_NOMEM);
FAILING(int, sqlite3_bind_text64,
        (sqlite3_stmt * statement, int at, const char *text, sqlite3_uint64 size,
         void (*destroy)(void *), unsigned char encoding),
        (statement, at, text, size, destroy, encoding), SQLITE_NOMEM);
FAILING(int, sqlite3_bind_int64, (sqlite3_stmt * statement, int at, sqlite3_int64 number),
        (statement, at, number), SQLITE_NOMEM);
FAILING(int, sqlite3_bind_blob64,
        (sqlite3_stmt * statement, int at, const void *bytes, sqlite3_uint64 size,
         void (*destroy)(void *)),
        (statement, at, bytes, size, destroy), SQLITE_NOMEM);
FAILING(const unsigned char *, sqlite3_column_text, (sqlite3_stmt * statement, int at),
        (statement, at), no_memory());
FAILING(const void *, sqlite3_column_blob, (sqlite3_stmt * statement, int at), (statement, at),
        no_memory());
