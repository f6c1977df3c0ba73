/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From one version to the next: the last step is this test's. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/store-database.h"
#include "io/store-row.h"
#include "io/store-schema.h"
#include "io/store-statements.h"
#include "io/store-tables.h"
#include "store-fixture.h"

/* session as a later version would describe it: a column more, in the middle. */
#define MAX_LATER_COLUMNS TABLE_MAX_COLUMNS
#define MAX_STEPS         16

struct later_session {
        struct session_record session;
        uint64_t nickname_sec;
        char *nickname;
};

struct later {
        struct column columns[MAX_LATER_COLUMNS];
        struct table table;
        const char *steps[MAX_STEPS];
        struct schema schema;
};

static void later_init(struct later *later, const char *step)
{
        size_t n = session_table.n_columns;

        assert_true(store_schema.n < MAX_STEPS);
        *later = (struct later){0};
        memcpy(later->steps, store_schema.steps, store_schema.n * sizeof(*later->steps));
        later->steps[store_schema.n] = step;
        later->columns[0] = session_table.columns[0];
        later->columns[1] = (struct column){"nickname", COLUMN_TEXT,
                                            offsetof(struct later_session, nickname)};
        later->columns[2] = (struct column){"nickname_sec", COLUMN_NUMBER,
                                            offsetof(struct later_session, nickname_sec)};
        memcpy(later->columns + 3, session_table.columns + 1, (n - 1) * sizeof(struct column));
        later->table = (struct table){"session", sizeof(struct later_session), later->columns,
                                      n + 2};
        later->schema = (struct schema){later->steps, store_schema.n + 1};
}

#define TWO_COLUMNS                                     \
        "ALTER TABLE session ADD COLUMN nickname TEXT;" \
        "ALTER TABLE session ADD COLUMN nickname_sec INTEGER NOT NULL DEFAULT 0;"

static struct sqlite3 *open_file(struct store_fixture *fixture)
{
        struct sqlite3 *db = NULL;

        store_fixture_close(fixture);
        assert_int_equal(database_open(fixture->path, &db), 0);
        return db;
}

static int64_t version_of(struct sqlite3 *db)
{
        int64_t version = -1;

        assert_int_equal(database_number(db, "PRAGMA user_version", &version), 0);
        return version;
}

static void rows_of_one_version_are_good_in_the_next(void **state)
{
        struct store_fixture *fixture = *state;
        struct later later;
        void *rows = NULL;
        size_t n = 0;
        const char *why = NULL;

        store_fixture_add_person(fixture->store);
        for (size_t i = 0; i < 5; i++)
                assert_int_equal(session_sample_add(fixture->store, i), 0);
        _cleanup_database_ struct sqlite3 *db = open_file(fixture);
        later_init(&later, TWO_COLUMNS);
        assert_int_equal(schema_check_version(db, &later.schema, &why), 0);
        assert_int_equal(schema_upgrade(db, &later.schema, &why), 0);
        assert_int_equal(version_of(db), (int64_t)store_schema.n + 1);
        assert_int_equal(schema_check(db, &later.schema, &why), 0);
        assert_int_equal(database_check(db, &why), 0);
        assert_int_equal(schema_upgrade(db, &later.schema, &why), 0); /* nothing is left to do */

        _cleanup_(statements_freep) struct statements *statements = statements_new();
        assert_non_null(statements);
        const struct row_place place = {db, statements, fixture->seal};
        assert_int_equal(row_list(&place, &later.table, NULL, &rows, &n), 0);
        assert_int_equal(n, 5);
        for (size_t i = 0; i < n; i++) {
                struct later_session *row = (struct later_session *)rows + i;
                assert_true(session_is_sample(&row->session, i));
                assert_null(row->nickname);
                assert_int_equal(row->nickname_sec, 0);
        }

        struct later_session *row = rows, read = {0};
        row->nickname = strdup("night shift");
        row->nickname_sec = 5;
        assert_int_equal(row_update(&place, &later.table, row), 0);
        const struct row_match match = {"id", row->session.id};
        assert_int_equal(row_get(&place, &later.table, &match, 1, &read), 0);
        assert_string_equal(read.nickname, "night shift");
        row_finish(&later.table, &read);
        /* what the new column says is proved as well */
        assert_int_equal(database_execute(db, "UPDATE session SET nickname = NULL"), 0);
        assert_int_equal(row_get(&place, &later.table, &match, 1, &read), -EBADMSG);
        row_list_free(&later.table, rows, n);
}

static void an_old_badged_refuses_what_a_new_one_made(void **state)
{
        struct store_fixture *fixture = *state;
        struct later later;
        const char *why = NULL;

        struct sqlite3 *db = open_file(fixture);
        later_init(&later, TWO_COLUMNS);
        assert_int_equal(schema_upgrade(db, &later.schema, &why), 0);
        db = database_close(db);
        assert_int_equal(store_fixture_try(fixture, &why), -EPROTONOSUPPORT);
        assert_string_equal(why, "a newer badged wrote it");
        assert_null(fixture->store);
}

static void a_step_that_fails_leaves_the_version_before(void **state)
{
        struct store_fixture *fixture = *state;
        struct later later;
        const char *why = NULL;

        store_fixture_add_person(fixture->store);
        struct sqlite3 *db = open_file(fixture);
        later_init(&later, "ALTER TABLE session ADD COLUMN x TEXT; CREATE TABLE account (x)");
        assert_true(schema_upgrade(db, &later.schema, &why) < 0);
        assert_string_equal(why, "its tables cannot be brought up to date");
        assert_int_equal(version_of(db), (int64_t)store_schema.n);
        db = database_close(db);
        store_fixture_open(fixture); /* and it is what it was */
}

static void each_step_is_taken_once(void **state)
{
        struct later later;
        const char *why = NULL;
        _cleanup_database_ struct sqlite3 *db = NULL;

        later_init(&later, "CREATE TABLE once (x TEXT) STRICT");
        assert_int_equal(database_open_memory(&db), 0);
        assert_int_equal(schema_upgrade(db, &store_schema, &why), 0);
        assert_int_equal(version_of(db), (int64_t)store_schema.n);
        assert_int_equal(schema_check(db, &store_schema, &why), 0);
        assert_int_equal(schema_check(db, &later.schema, &why), -EBADMSG);
        assert_int_equal(schema_upgrade(db, &later.schema, &why), 0);
        assert_int_equal(schema_upgrade(db, &later.schema, &why), 0);
        assert_int_equal(schema_check(db, &later.schema, &why), 0);
        assert_int_equal(schema_check(db, &store_schema, &why), -EBADMSG);
}

/* What the first of them made still opens, and has the tables that came since. */
static void a_store_of_version_1_opens(void **state)
{
        struct store_fixture *fixture = *state;
        const struct schema first = {store_schema.steps, 1};
        const char *why = NULL;
        struct sqlite3 *db = NULL;

        store_fixture_close(fixture);
        assert_int_equal(unlink(fixture->path), 0);
        assert_int_equal(close(open(fixture->path, O_RDWR | O_CREAT | O_EXCL, 0600)), 0);
        assert_int_equal(database_make(fixture->path, &db), 0);
        assert_int_equal(schema_upgrade(db, &first, &why), 0);
        db = database_close(db);
        store_fixture_open(fixture);
        store_fixture_add_person(fixture->store);
        assert_int_equal(session_sample_add(fixture->store, 1), 0);
        db = open_file(fixture);
        assert_int_equal(version_of(db), (int64_t)store_schema.n);
        assert_int_equal(database_execute(db, "SELECT value FROM fact"), 0);
        db = database_close(db);
}

#define TEST(function) \
        cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_store_of_version_1_opens),
                TEST(rows_of_one_version_are_good_in_the_next),
                TEST(an_old_badged_refuses_what_a_new_one_made),
                TEST(a_step_that_fails_leaves_the_version_before),
                cmocka_unit_test(each_step_is_taken_once),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
