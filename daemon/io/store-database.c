/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-database.h"

#include <errno.h>
#include <sqlite3.h>
#include <string.h>

/* The largest row: a session with its tokens. */
#define ROW_MAX_BYTES (1024 * 1024)

#define STRINGIFY(x) #x
#define TEXT_OF(x)   STRINGIFY(x)

/* locking_mode comes first: then no shared memory is made, and a second badged is kept out.
 * secure_delete: what was deleted is overwritten, sealed or not. */
static const char *const settings[] = {
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA cell_size_check = ON",
        "PRAGMA temp_store = MEMORY",
        "PRAGMA mmap_size = 0",
        "PRAGMA foreign_keys = ON",
        "PRAGMA synchronous = FULL",
        "PRAGMA secure_delete = ON",
};

static int constraint_error(int answer)
{
        switch (answer) {
        case SQLITE_CONSTRAINT_UNIQUE:
        case SQLITE_CONSTRAINT_PRIMARYKEY:
        case SQLITE_CONSTRAINT_ROWID:
                return -EEXIST;
        case SQLITE_CONSTRAINT_FOREIGNKEY:
                return -ENOENT;
        default:
                return -EINVAL;
        }
}

int database_error(sqlite3 *db, int answer)
{
        switch (answer & 0xff) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
                return 0;
        case SQLITE_ERROR: /* what a statement wants, or the format, is not in the file */
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_SCHEMA:
        case SQLITE_MISMATCH:
                return -EBADMSG;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
                return -EBUSY;
        case SQLITE_CONSTRAINT:
                return constraint_error(db ? sqlite3_extended_errcode(db) : answer);
        case SQLITE_TOOBIG:
                return -E2BIG;
        case SQLITE_FULL:
                return -ENOSPC;
        case SQLITE_NOMEM:
                return -ENOMEM;
        case SQLITE_READONLY:
        case SQLITE_PERM:
                return -EROFS;
        case SQLITE_CANTOPEN:
                return db && sqlite3_system_errno(db) > 0 ? -sqlite3_system_errno(db) : -EIO;
        default:
                return -EIO;
        }
}

int database_execute(sqlite3 *db, const char *sql)
{
        return database_error(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

sqlite3_stmt *statement_free(sqlite3_stmt *statement)
{
        (void)sqlite3_finalize(statement);
        return NULL;
}

int database_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_statement)
{
        sqlite3_stmt *statement = NULL;

        int answer = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
        if (answer != SQLITE_OK)
                return database_error(db, answer);
        *ret_statement = statement;
        return 0;
}

int database_step(sqlite3 *db, sqlite3_stmt *statement)
{
        int answer = sqlite3_step(statement);
        return answer == SQLITE_ROW ? 1 : database_error(db, answer);
}

int database_number(sqlite3 *db, const char *sql, int64_t *ret_number)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;

        int r = database_prepare(db, sql, &statement);
        if (r < 0)
                return r;
        r = database_step(db, statement);
        if (r <= 0)
                return r < 0 ? r : -EBADMSG;
        *ret_number = sqlite3_column_int64(statement, 0);
        return 0;
}

int database_text(sqlite3 *db, sqlite3_stmt *statement, int at, const char **ret_text)
{
        const char *text = (const char *)sqlite3_column_text(statement, at);

        if (!text && sqlite3_errcode(db) == SQLITE_NOMEM)
                return -ENOMEM;
        *ret_text = text ? text : "";
        return 0;
}

/* ---- open and close ---- */

sqlite3 *database_close(sqlite3 *db)
{
        (void)sqlite3_close(db);
        return NULL;
}

static int connect_to(const char *path, int flags, sqlite3 **ret_db)
{
        _cleanup_database_ sqlite3 *db = NULL;

        int answer = sqlite3_open_v2(path, &db,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE | flags, NULL);
        if (answer != SQLITE_OK)
                return database_error(db, answer);
        (void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, ROW_MAX_BYTES);
        (void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
        (void)sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
        for (size_t i = 0; i < ELEMENTSOF(settings); i++) {
                int r = database_execute(db, settings[i]);
                if (r < 0)
                        return r;
        }
        *ret_db = TAKE_PTR(db);
        return 0;
}

/* The answer names the mode that it is in now: another than was asked for when the header of the
 * file wants something that sqlite does not know. */
static int write_ahead(sqlite3 *db)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;
        const char *mode;

        int r = database_prepare(db, "PRAGMA journal_mode = WAL", &statement);
        if (r < 0)
                return r;
        r = database_step(db, statement);
        if (r <= 0)
                return r < 0 ? r : -EIO;
        r = database_text(db, statement, 0, &mode);
        if (r < 0)
                return r;
        return strcmp(mode, "wal") == 0 ? 0 : -EBADMSG;
}

int database_open(const char *path, sqlite3 **ret_db)
{
        _cleanup_database_ sqlite3 *db = NULL;

        int r = connect_to(path, 0, &db);
        if (r < 0)
                return r;
        r = write_ahead(db);
        if (r < 0)
                return r;
        *ret_db = TAKE_PTR(db);
        return 0;
}

int database_make(const char *path, sqlite3 **ret_db)
{
        _cleanup_database_ sqlite3 *db = NULL;

        int r = connect_to(path, SQLITE_OPEN_CREATE, &db);
        if (r < 0)
                return r;
        r = write_ahead(db);
        if (r < 0)
                return r;
        r = database_execute(db, "PRAGMA application_id = " TEXT_OF(DATABASE_APPLICATION));
        if (r < 0)
                return r;
        *ret_db = TAKE_PTR(db);
        return 0;
}

int database_open_memory(sqlite3 **ret_db)
{
        return connect_to(":memory:", SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, ret_db);
}

/* ---- damage ---- */

static int check_pages(sqlite3 *db)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;
        const char *finding;

        int r = database_prepare(db, "PRAGMA integrity_check(1)", &statement);
        if (r < 0)
                return r;
        r = database_step(db, statement);
        if (r <= 0)
                return r < 0 ? r : -EBADMSG;
        r = database_text(db, statement, 0, &finding);
        if (r < 0)
                return r;
        return strcmp(finding, "ok") == 0 ? 0 : -EBADMSG;
}

static int check_references(sqlite3 *db)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;

        int r = database_prepare(db, "PRAGMA foreign_key_check", &statement);
        if (r < 0)
                return r;
        r = database_step(db, statement);
        return r == 1 ? -EBADMSG : r;
}

int database_check(sqlite3 *db, const char **ret_why)
{
        int r = check_pages(db);
        if (r < 0) {
                *ret_why = "its pages or indexes do not hold together";
                return r;
        }
        r = check_references(db);
        if (r < 0)
                *ret_why = "a row of it refers to one that is not there";
        return r;
}
