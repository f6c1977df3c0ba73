/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/store-schema.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "io/store-database.h"

/* What stands for nothing is NULL in a text and 0 in a number. proof: io/store-row.h. */
static const char first_tables[] =
        "CREATE TABLE account ("
        "  name TEXT NOT NULL PRIMARY KEY,"
        "  uid INTEGER NOT NULL,"
        "  is_owner INTEGER NOT NULL,"
        "  locked_at_sec INTEGER NOT NULL,"
        "  locked_by TEXT,"
        "  lock_reason TEXT,"
        "  created_at_sec INTEGER NOT NULL,"
        "  last_login_at_sec INTEGER NOT NULL,"
        "  last_login_from TEXT,"
        "  proof BLOB NOT NULL"
        ") STRICT;"
        "CREATE TABLE identity ("
        "  id TEXT NOT NULL PRIMARY KEY,"
        "  account TEXT REFERENCES account (name) ON DELETE CASCADE,"
        "  asked_account TEXT,"
        "  provider TEXT NOT NULL,"
        "  issuer TEXT NOT NULL,"
        "  subject TEXT NOT NULL,"
        "  name TEXT,"
        "  seen_name TEXT,"
        "  bound_by TEXT,"
        "  created_at_sec INTEGER NOT NULL,"
        "  last_seen_at_sec INTEGER NOT NULL,"
        "  proof BLOB NOT NULL,"
        "  UNIQUE (issuer, subject)"
        ") STRICT;"
        "CREATE INDEX identity_account ON identity (account);"
        "CREATE TABLE session ("
        "  id TEXT NOT NULL PRIMARY KEY,"
        "  account TEXT NOT NULL REFERENCES account (name) ON DELETE RESTRICT,"
        "  identity TEXT REFERENCES identity (id) ON DELETE RESTRICT,"
        "  issuer TEXT,"
        "  subject TEXT,"
        "  type TEXT NOT NULL,"
        "  provider TEXT,"
        "  client_id TEXT,"
        "  service TEXT NOT NULL,"
        "  terminal TEXT,"
        "  remote_host TEXT,"
        "  login_session TEXT,"
        "  boot TEXT,"
        "  logind TEXT,"
        "  acr TEXT,"
        "  amr TEXT,"
        "  auth_time_sec INTEGER NOT NULL,"
        "  uid INTEGER NOT NULL,"
        "  created_at_sec INTEGER NOT NULL,"
        "  opened_at_sec INTEGER NOT NULL,"
        "  used_at_sec INTEGER NOT NULL,"
        "  used_from TEXT,"
        "  proved_at_sec INTEGER NOT NULL,"
        "  expires_at_sec INTEGER NOT NULL,"
        "  ended_at_sec INTEGER NOT NULL,"
        "  end_reason TEXT,"
        "  revoke_until_sec INTEGER NOT NULL,"
        "  scope TEXT,"
        "  tokens_granted_at_sec INTEGER NOT NULL,"
        "  tokens_expire_at_sec INTEGER NOT NULL,"
        "  refresh_in_doubt INTEGER NOT NULL,"
        "  refresh_token BLOB,"
        "  id_token BLOB,"
        "  dpop_key BLOB,"
        "  proof BLOB NOT NULL"
        ") STRICT;"
        "CREATE INDEX session_account ON session (account);"
        "CREATE INDEX session_identity ON session (identity);"
        "CREATE TABLE ticket ("
        "  id TEXT NOT NULL PRIMARY KEY,"
        "  account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,"
        "  name TEXT NOT NULL,"
        "  services TEXT NOT NULL,"
        "  hash TEXT NOT NULL UNIQUE,"
        "  is_once INTEGER NOT NULL,"
        "  created_by TEXT NOT NULL,"
        "  created_at_sec INTEGER NOT NULL,"
        "  expires_at_sec INTEGER NOT NULL,"
        "  revoked_at_sec INTEGER NOT NULL,"
        "  n_uses INTEGER NOT NULL,"
        "  used_at_sec INTEGER NOT NULL,"
        "  used_from TEXT,"
        "  proof BLOB NOT NULL"
        ") STRICT;"
        "CREATE INDEX ticket_account ON ticket (account);"
        "CREATE TABLE factor ("
        "  id TEXT NOT NULL PRIMARY KEY,"
        "  account TEXT NOT NULL REFERENCES account (name) ON DELETE CASCADE,"
        "  type TEXT NOT NULL,"
        "  name TEXT NOT NULL,"
        "  created_at_sec INTEGER NOT NULL,"
        "  confirmed_at_sec INTEGER NOT NULL,"
        "  last_step INTEGER NOT NULL,"
        "  n_failures INTEGER NOT NULL,"
        "  failed_at_sec INTEGER NOT NULL,"
        "  proved_at_sec INTEGER NOT NULL,"
        "  used_at_sec INTEGER NOT NULL,"
        "  used_from TEXT,"
        "  shared_secret BLOB,"
        "  proof BLOB NOT NULL"
        ") STRICT;"
        "CREATE INDEX factor_account ON factor (account);";

static const char throttle_and_fact[] = "CREATE TABLE throttle ("
                                        "  id TEXT NOT NULL PRIMARY KEY,"
                                        "  account TEXT,"
                                        "  origin TEXT,"
                                        "  n_failures INTEGER NOT NULL,"
                                        "  first_at_sec INTEGER NOT NULL,"
                                        "  last_at_sec INTEGER NOT NULL,"
                                        "  proof BLOB NOT NULL"
                                        ") STRICT;"
                                        "CREATE TABLE fact ("
                                        "  name TEXT NOT NULL PRIMARY KEY,"
                                        "  value TEXT NOT NULL,"
                                        "  proof BLOB NOT NULL"
                                        ") STRICT;";

static const char *const steps[] = {first_tables, throttle_and_fact};

const struct schema store_schema = {steps, ELEMENTSOF(steps)};

static int refuse(int error, const char *why, const char **ret_why)
{
        *ret_why = why;
        return error;
}

/* ---- steps ---- */

static int version_read(sqlite3 *db, const struct schema *schema, size_t *ret_version,
                        const char **ret_why)
{
        int64_t version;

        int r = database_number(db, "PRAGMA user_version", &version);
        if (r < 0)
                return refuse(r, "its version cannot be read", ret_why);
        if (version < 0)
                return refuse(-EBADMSG, "it has no version", ret_why);
        if ((uint64_t)version > schema->n)
                return refuse(-EPROTONOSUPPORT, "a newer badged wrote it", ret_why);
        *ret_version = (size_t)version;
        return 0;
}

static int step_take(sqlite3 *db, const char *step, size_t version)
{
        char mark[64];

        (void)snprintf(mark, sizeof(mark), "PRAGMA user_version = %zu", version);
        int r = database_execute(db, "BEGIN IMMEDIATE");
        if (r < 0)
                return r;
        r = database_execute(db, step);
        if (r == 0)
                r = database_execute(db, mark);
        if (r == 0)
                r = database_execute(db, "COMMIT");
        if (r < 0)
                (void)database_execute(db, "ROLLBACK");
        return r;
}

int schema_upgrade(sqlite3 *db, const struct schema *schema, const char **ret_why)
{
        size_t version;

        int r = version_read(db, schema, &version, ret_why);
        if (r < 0)
                return r;
        for (; version < schema->n; version++) {
                r = step_take(db, schema->steps[version], version + 1);
                if (r < 0)
                        return refuse(r, "its tables cannot be brought up to date", ret_why);
        }
        return 0;
}

int schema_check_version(sqlite3 *db, const struct schema *schema, const char **ret_why)
{
        int64_t application;
        size_t version;

        int r = database_number(db, "PRAGMA application_id", &application);
        if (r < 0)
                return refuse(r, "it cannot be read", ret_why);
        if (application != DATABASE_APPLICATION)
                return refuse(-EBADMSG, "it is not a store of badged", ret_why);
        r = version_read(db, schema, &version, ret_why);
        if (r < 0)
                return r;
        return version == 0 ? refuse(-EBADMSG, "it has no tables", ret_why) : 0;
}

/* ---- comparing ---- */

static int row_describe(sqlite3 *db, sqlite3_stmt *statement, FILE *out)
{
        for (int i = 0; i < 4; i++) {
                const char *cell;
                int r = database_text(db, statement, i, &cell);
                if (r < 0)
                        return r;
                (void)fprintf(out, "%s\n", cell);
        }
        return 0;
}

/* All that makes the tables, as text. */
static int tables_describe(sqlite3 *db, char **ret_text)
{
        _cleanup_statement_ sqlite3_stmt *statement = NULL;
        char *text = NULL;
        size_t size;
        int r;

        r = database_prepare(db,
                             "SELECT type, name, tbl_name, sql FROM sqlite_schema "
                             "ORDER BY type, name",
                             &statement);
        if (r < 0)
                return r;
        FILE *out = open_memstream(&text, &size);
        if (!out)
                return -ENOMEM;
        while ((r = database_step(db, statement)) == 1) {
                r = row_describe(db, statement, out);
                if (r < 0)
                        break;
        }
        if (fclose(out) != 0 && r == 0)
                r = -ENOMEM;
        if (r < 0) {
                free(text);
                return r;
        }
        *ret_text = text;
        return 0;
}

static int tables_expected(const struct schema *schema, char **ret_text, const char **ret_why)
{
        _cleanup_database_ sqlite3 *db = NULL;

        int r = database_open_memory(&db);
        if (r < 0)
                return r;
        r = schema_upgrade(db, schema, ret_why);
        if (r < 0)
                return r;
        return tables_describe(db, ret_text);
}

int schema_check(sqlite3 *db, const struct schema *schema, const char **ret_why)
{
        _cleanup_free_ char *expected = NULL, *found = NULL;

        int r = tables_expected(schema, &expected, ret_why);
        if (r < 0)
                return refuse(r, "the tables that it should have cannot be told", ret_why);
        r = tables_describe(db, &found);
        if (r < 0)
                return refuse(r, "its tables cannot be read", ret_why);
        if (strcmp(expected, found) != 0)
                return refuse(-EBADMSG, "its tables are not those of badged", ret_why);
        return 0;
}
