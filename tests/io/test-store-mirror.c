/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/store-mirror.h"
#include "io/store-tables.h"
#include "store-fixture.h"
#include "store-loop.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define MAX_ROWS      100

/* What a test looks at: the accounts and identities of a store, in memory. */
struct world {
        struct store_fixture *fixture;
        struct store_loop *loop;
        struct store_mirror *accounts, *identities;
};

static void world_open(struct world *world)
{
        struct store *store = world->fixture->store;

        assert_int_equal(store_mirror_new(store, &account_table, MAX_ROWS, &world->accounts), 0);
        assert_int_equal(store_mirror_new(store, &identity_table, MAX_ROWS, &world->identities), 0);
        world->loop = store_loop_new(TAKE_PTR(world->fixture->store));
        store_mirror_attach(world->accounts, world->loop->queue);
        store_mirror_attach(world->identities, world->loop->queue);
}

static void world_close(struct world *world)
{
        world->loop = store_loop_free(world->loop);
        world->accounts = store_mirror_free(world->accounts);
        world->identities = store_mirror_free(world->identities);
}

static void world_reopen(struct world *world)
{
        world_close(world);
        store_fixture_open(world->fixture);
        world_open(world);
}

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof(*world));

        assert_non_null(world);
        world->fixture = store_fixture_new();
        store_fixture_open(world->fixture);
        world_open(world);
        *state = world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        world_close(world);
        store_fixture_free(world->fixture);
        free(world);
        return 0;
}

static struct account_record account(const char *name, uint64_t uid)
{
        return (struct account_record){.name = TEXT(name), .uid = uid};
}

static struct identity_record identity(const char *id, const char *of, const char *subject)
{
        return (struct identity_record){
                .id = TEXT(id),
                .account = TEXT(of),
                .provider = TEXT("corp"),
                .issuer = TEXT("https://sso.example.com"),
                .subject = TEXT(subject),
        };
}

static void put(struct world *world, const char *name, uint64_t uid)
{
        struct account_record record = account(name, uid);

        assert_int_equal(store_mirror_put(world->accounts, &record, NULL, NULL, NULL), 0);
}

static uint64_t uid_of(struct world *world, const char *name)
{
        const struct account_record *record = store_mirror_get(world->accounts, name);

        return record ? record->uid : 0;
}

/* The names, oldest first. */
static const char *names(struct world *world)
{
        static char text[256];
        const struct account_record *record = NULL;

        *text = '\0';
        while ((record = store_mirror_next(world->accounts, record)))
                snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s ", record->name);
        return text;
}

/* ---- in order ---- */

static void a_change_counts_at_once(void **state)
{
        struct world *world = *state;

        put(world, "alice", 1000);
        assert_int_equal(uid_of(world, "alice"), 1000);
        put(world, "alice", 1001);
        assert_int_equal(uid_of(world, "alice"), 1001);
        assert_int_equal(store_mirror_count(world->accounts), 1);
        assert_int_equal(store_mirror_remove(world->accounts, "alice", NULL, NULL, NULL), 0);
        assert_null(store_mirror_get(world->accounts, "alice"));
        assert_null(store_mirror_next(world->accounts, NULL));
        assert_int_equal(store_mirror_count(world->accounts), 0);
}

static void what_was_written_is_read_again(void **state)
{
        struct world *world = *state;

        put(world, "carol", 1000);
        put(world, "alice", 1001);
        put(world, "bob", 1002);
        put(world, "alice", 1003);
        world_reopen(world);
        assert_string_equal(names(world), "carol alice bob ");
        assert_int_equal(uid_of(world, "alice"), 1003);
        assert_int_equal(store_mirror_remove(world->accounts, "alice", NULL, NULL, NULL), 0);
        put(world, "alice", 1004);
        assert_string_equal(names(world), "carol bob alice ");
        world_reopen(world);
        assert_string_equal(names(world), "carol bob alice ");
        assert_int_equal(uid_of(world, "alice"), 1004);
}

static void on_done_says_that_it_is_safe(void **state)
{
        struct world *world = *state;
        struct account_record record = account("alice", 1000);
        struct store_told told = {0};

        assert_int_equal(store_mirror_put(world->accounts, &record, store_on_told, &told, NULL), 0);
        assert_int_equal(told.n, 0);
        store_loop_run(world->loop);
        assert_int_equal(told.n, 1);
        assert_int_equal(told.result, 0);
}

static void a_freed_handle_tells_nobody_and_writes(void **state)
{
        struct world *world = *state;
        struct account_record record = account("alice", 1000);
        struct store_told told = {0};
        struct store_write *write = NULL;

        assert_int_equal(store_mirror_put(world->accounts, &record, store_on_told, &told, &write),
                         0);
        assert_null(store_write_free(write));
        store_loop_run(world->loop);
        assert_int_equal(told.n, 0);
        world_reopen(world);
        assert_int_equal(uid_of(world, "alice"), 1000);
}

static void a_record_stays_until_the_loop_goes_on(void **state)
{
        struct world *world = *state;

        put(world, "alice", 1000);
        put(world, "bob", 1001);
        const struct account_record *first = store_mirror_next(world->accounts, NULL);
        put(world, "alice", 1002);
        assert_int_equal(store_mirror_remove(world->accounts, "alice", NULL, NULL, NULL), 0);
        assert_int_equal(first->uid, 1000);
        const struct account_record *second = store_mirror_next(world->accounts, first);
        assert_string_equal(second->name, "bob");
}

/* ---- refused ---- */

static void what_cannot_be_written_is_undone(void **state)
{
        struct world *world = *state;
        struct identity_record alone = identity("i1", "nobody", "1");
        struct store_told told = {0};

        assert_int_equal(store_mirror_put(world->identities, &alone, store_on_told, &told, NULL),
                         0);
        assert_non_null(store_mirror_get(world->identities, "i1"));
        store_loop_run(world->loop);
        assert_int_equal(told.result, -ENOENT);
        assert_null(store_mirror_get(world->identities, "i1"));
        assert_int_equal(store_mirror_count(world->identities), 0);
        assert_int_equal(world->loop->n_failures, 1);
}

static void an_undone_change_leaves_what_is_on_the_disk(void **state)
{
        struct world *world = *state;
        struct identity_record one = identity("i1", "alice", "1"),
                               two = identity("i2", "alice", "2");

        put(world, "alice", 1000);
        assert_int_equal(store_mirror_put(world->identities, &one, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world->identities, &two, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        two.subject = TEXT("1");
        assert_int_equal(store_mirror_put(world->identities, &two, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        const struct identity_record *found = store_mirror_get(world->identities, "i2");
        assert_string_equal(found->subject, "2");
        world_reopen(world);
        found = store_mirror_get(world->identities, "i2");
        assert_string_equal(found->subject, "2");
}

/* The first one fails, the second one stands; then both fail. */
static void a_later_change_stands_where_an_earlier_one_failed(void **state)
{
        struct world *world = *state;
        struct identity_record bad = identity("i1", "nobody", "1"),
                               good = identity("i1", NULL, "2"),
                               worse = identity("i1", "nowhere", "3");

        assert_int_equal(store_mirror_put(world->identities, &bad, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world->identities, &good, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        const struct identity_record *found = store_mirror_get(world->identities, "i1");
        assert_string_equal(found->subject, "2");
        assert_int_equal(store_mirror_put(world->identities, &bad, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world->identities, &worse, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        found = store_mirror_get(world->identities, "i1");
        assert_string_equal(found->subject, "2");
}

static void a_refused_removal_brings_the_row_back(void **state)
{
        struct world *world = *state;
        struct session_record session = {.id = TEXT("s1"),
                                         .account = TEXT("alice"),
                                         .type = TEXT("device"),
                                         .service = TEXT("sshd")};
        struct store_told told = {0};

        put(world, "alice", 1000);
        world_close(world);
        store_fixture_open(world->fixture);
        assert_int_equal(store_session_add(world->fixture->store, &session), 0);
        world_open(world);
        assert_int_equal(store_mirror_remove(world->accounts, "alice", store_on_told, &told, NULL),
                         0);
        assert_null(store_mirror_get(world->accounts, "alice"));
        store_loop_run(world->loop);
        assert_int_equal(told.result, -ENOTEMPTY);
        assert_int_equal(uid_of(world, "alice"), 1000);
}

/* ---- noted ---- */

static const char *subject_of(struct world *world, const char *id)
{
        const struct identity_record *record = store_mirror_get(world->identities, id);

        return record ? record->subject : "none";
}

static void what_is_noted_counts_though_it_is_not_written(void **state)
{
        struct world *world = *state;
        struct identity_record good = identity("i1", NULL, "1"),
                               bad = identity("i1", "nobody", "2"),
                               worse = identity("i1", "nowhere", "3");

        assert_int_equal(store_mirror_put(world->identities, &good, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        assert_int_equal(store_mirror_note(world->identities, &bad), 0);
        store_loop_run(world->loop);
        assert_int_equal(world->loop->n_failures, 1);
        assert_string_equal(subject_of(world, "i1"), "2");
        assert_int_equal(store_mirror_put(world->identities, &worse, NULL, NULL, NULL), 0);
        assert_string_equal(subject_of(world, "i1"), "3");
        store_loop_run(world->loop);
        assert_string_equal(subject_of(world, "i1"), "2");
        world_reopen(world);
        assert_string_equal(subject_of(world, "i1"), "1");
}

static void what_is_noted_is_written_when_it_can_be(void **state)
{
        struct world *world = *state;
        struct identity_record good = identity("i1", NULL, "1"), worse = identity("i1", "x", "3");

        assert_int_equal(store_mirror_note(world->identities, &good), 0);
        assert_int_equal(store_mirror_put(world->identities, &worse, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        assert_string_equal(subject_of(world, "i1"), "1");
        world_reopen(world);
        assert_string_equal(subject_of(world, "i1"), "1");
}

/* What was queued before it and is written after it does not take its place. */
static void what_is_noted_counts_though_the_queue_is_full(void **state)
{
        struct world *world = *state;
        struct identity_record first = identity("i1", NULL, "1"), noted = identity("i1", NULL, "2"),
                               bad = identity("i1", "nobody", "3");

        assert_int_equal(store_mirror_put(world->identities, &first, NULL, NULL, NULL), 0);
        for (size_t i = 1; i < STORE_QUEUE_MAX_WRITES; i++)
                put(world, "alice", i);
        assert_int_equal(store_mirror_note(world->identities, &noted), -ENOBUFS);
        assert_string_equal(subject_of(world, "i1"), "2");
        store_loop_run(world->loop);
        assert_string_equal(subject_of(world, "i1"), "2");
        assert_int_equal(store_mirror_put(world->identities, &bad, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        assert_string_equal(subject_of(world, "i1"), "2");
}

/* Whoever goes through the table notes one row after the other, and tells of those that failed. */
static void what_is_noted_leaves_the_record_of_before_for_this_turn(void **state)
{
        struct world *world = *state;
        struct identity_record first = identity("i1", NULL, "1"), noted = identity("i1", NULL, "3"),
                               second = identity("i2", NULL, "2");

        assert_int_equal(store_mirror_put(world->identities, &first, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world->identities, &second, NULL, NULL, NULL), 0);
        store_loop_run(world->loop);
        for (size_t i = 0; i < STORE_QUEUE_MAX_WRITES; i++)
                put(world, "alice", i);
        const struct identity_record *before = store_mirror_next(world->identities, NULL);
        assert_int_equal(store_mirror_note(world->identities, &noted), -ENOBUFS);
        assert_string_equal(before->subject, "1");
        const struct identity_record *next = store_mirror_next(world->identities, before);
        assert_non_null(next);
        assert_string_equal(next->subject, "2");
        assert_string_equal(subject_of(world, "i1"), "3");
        store_loop_run(world->loop);
}

/* The row never came to be: it is gone all the same. */
static void what_was_never_written_can_be_removed(void **state)
{
        struct world *world = *state;
        struct identity_record alone = identity("i1", "nobody", "1");
        struct store_told told = {.result = 1};

        assert_int_equal(store_mirror_put(world->identities, &alone, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_remove(world->identities, "i1", store_on_told, &told, NULL),
                         0);
        store_loop_run(world->loop);
        assert_int_equal(told.result, 0);
        assert_null(store_mirror_get(world->identities, "i1"));
}

static void one_bad_write_does_not_spoil_its_neighbours(void **state)
{
        struct world *world = *state;
        struct identity_record alone = identity("i1", "nobody", "1");
        struct store_told told[21] = {0};
        char name[16];

        for (size_t i = 0; i < 21; i++) {
                snprintf(name, sizeof(name), "a%zu", i);
                struct account_record record = account(name, i);
                if (i == 10)
                        assert_int_equal(store_mirror_put(world->identities, &alone, store_on_told,
                                                          &told[i], NULL),
                                         0);
                else
                        assert_int_equal(store_mirror_put(world->accounts, &record, store_on_told,
                                                          &told[i], NULL),
                                         0);
        }
        store_loop_run(world->loop);
        for (size_t i = 0; i < 21; i++)
                assert_int_equal(told[i].result, i == 10 ? -ENOENT : 0);
        world_reopen(world);
        assert_int_equal(store_mirror_count(world->accounts), 20);
}

static void there_is_a_limit(void **state)
{
        struct world *world = *state;
        struct account_record one_more = account("one-more", 1);
        char name[16];

        for (size_t i = 0; i < MAX_ROWS; i++) {
                snprintf(name, sizeof(name), "a%zu", i);
                put(world, name, i);
        }
        assert_int_equal(store_mirror_put(world->accounts, &one_more, NULL, NULL, NULL), -ENOSPC);
        put(world, "a7", 7);
        assert_int_equal(store_mirror_remove(world->accounts, "a7", NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world->accounts, &one_more, NULL, NULL, NULL), 0);
}

static void a_row_needs_a_key(void **state)
{
        struct world *world = *state;
        struct account_record none = {0}, empty = account("", 1);

        assert_int_equal(store_mirror_put(world->accounts, &none, NULL, NULL, NULL), -EINVAL);
        assert_int_equal(store_mirror_put(world->accounts, &empty, NULL, NULL, NULL), -EINVAL);
        assert_int_equal(store_mirror_remove(world->accounts, "x", NULL, NULL, NULL), -ENOENT);
        assert_int_equal(store_mirror_count(world->accounts), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(a_change_counts_at_once),
                TEST(what_was_written_is_read_again),
                TEST(on_done_says_that_it_is_safe),
                TEST(a_freed_handle_tells_nobody_and_writes),
                TEST(a_record_stays_until_the_loop_goes_on),
                TEST(what_cannot_be_written_is_undone),
                TEST(an_undone_change_leaves_what_is_on_the_disk),
                TEST(a_later_change_stands_where_an_earlier_one_failed),
                TEST(a_refused_removal_brings_the_row_back),
                TEST(what_was_never_written_can_be_removed),
                TEST(what_is_noted_counts_though_it_is_not_written),
                TEST(what_is_noted_is_written_when_it_can_be),
                TEST(what_is_noted_counts_though_the_queue_is_full),
                TEST(what_is_noted_leaves_the_record_of_before_for_this_turn),
                TEST(one_bad_write_does_not_spoil_its_neighbours),
                TEST(there_is_a_limit),
                TEST(a_row_needs_a_key),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
