/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All sessions of somebody ended at once: whoever asked hears of it, also where the queue of writes
 * has no room for all of it. */
#include "granted-logins.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/store-account.h"
#include "own-folder.h"
#include "settings.h"
#include "state.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define N_SESSIONS    5

struct world {
        char folder[32];
        sd_event *event;
        struct state *state;
        struct granted_logins *logins;
        struct settings settings;
        struct authorities authorities;
        unsigned n_told;
};

static void settle(struct world *world)
{
        while (store_queue_count(world->state->queue) > 0)
                assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
}

static void add(struct world *world, const char *id, const char *account)
{
        const struct session_record session = {
                .id = TEXT(id),
                .account = TEXT(account),
                .type = TEXT("device"),
                .service = TEXT("sshd"),
                .created_at_sec = 1,
                .opened_at_sec = 1,
                .proved_at_sec = 1,
        };

        assert_int_equal(store_mirror_put(world->state->sessions, &session, NULL, NULL, NULL), 0);
}

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof(*world));
        const struct account_record alice = {.name = TEXT("alice"), .uid = 1000},
                                    bob = {.name = TEXT("bob"), .uid = 1001};
        char id[16];

        assert_non_null(world);
        strcpy(world->folder, "/tmp/granted-logins-XXXXXX");
        assert_non_null(own_folder_make(world->folder));
        assert_int_equal(sd_event_new(&world->event), 0);
        assert_int_equal(state_new(world->event, world->folder, &world->state), 0);
        const struct granted_logins_spec spec = {
                .event = world->event,
                .table = world->state->sessions,
                .state = world->state,
                .settings = &world->settings,
                .authorities = &world->authorities,
        };
        assert_int_equal(granted_logins_new(&spec, &world->logins), 0);
        assert_int_equal(store_mirror_put(world->state->accounts, &alice, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world->state->accounts, &bob, NULL, NULL, NULL), 0);
        for (unsigned i = 0; i < N_SESSIONS; i++) {
                (void)snprintf(id, sizeof(id), "s%u", i);
                add(world, id, "alice");
        }
        add(world, "other", "bob");
        settle(world);
        *state = world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        (void)granted_logins_free(world->logins);
        (void)state_free(world->state);
        sd_event_unref(world->event);
        own_folder_remove(world->folder);
        free(world);
        return 0;
}

static void on_done(int result, void *userdata)
{
        struct world *world = userdata;

        assert_int_equal(result, 0);
        world->n_told++;
}

static int end_all(struct world *world, const char *account, size_t *ret_n)
{
        return granted_logins_end_all(world->logins, account, SESSION_ENDED_BY_ADMIN, on_done,
                                      world, NULL, ret_n);
}

static size_t n_left(const struct world *world)
{
        return store_mirror_count(world->state->sessions);
}

static void those_of_one_account_end(void **state)
{
        struct world *world = *state;
        size_t n = 0;

        assert_int_equal(end_all(world, "alice", &n), 0);
        assert_int_equal(n, N_SESSIONS);
        assert_int_equal(world->n_told, 0);
        settle(world);
        assert_int_equal(world->n_told, 1);
        assert_int_equal(n_left(world), 1);
        assert_int_equal(end_all(world, "alice", &n), 0);
        assert_int_equal(n, 0);
}

static void those_of_everybody_end(void **state)
{
        struct world *world = *state;
        size_t n = 0;

        assert_int_equal(end_all(world, NULL, &n), 0);
        assert_int_equal(n, N_SESSIONS + 1);
        settle(world);
        assert_int_equal(world->n_told, 1);
        assert_int_equal(n_left(world), 0);
}

/* Whether there was room for none of them, or for all but the last. */
static void a_full_queue_is_told_at_once(void **state)
{
        struct world *world = *state;
        const struct account_record carol = {.name = TEXT("carol"), .uid = 1002};

        for (size_t n_room = 0; n_room < N_SESSIONS; n_room += N_SESSIONS - 1) {
                size_t n = 4711;
                while (store_queue_count(world->state->queue) < STORE_QUEUE_MAX_WRITES - n_room)
                        assert_int_equal(
                                store_mirror_put(world->state->accounts, &carol, NULL, NULL, NULL),
                                0);
                assert_int_equal(end_all(world, "alice", &n), -ENOBUFS);
                assert_int_equal(n, 4711);
                settle(world);
                assert_int_equal(world->n_told, 0);
                assert_int_equal(n_left(world), 1 + N_SESSIONS - n_room);
        }
}

static void fill_queue(struct world *world)
{
        const struct account_record carol = {.name = TEXT("carol"), .uid = 1002};

        while (store_queue_count(world->state->queue) < STORE_QUEUE_MAX_WRITES)
                assert_int_equal(store_mirror_put(world->state->accounts, &carol, NULL, NULL, NULL),
                                 0);
}

static uint64_t proved_at_sec(const struct world *world, const char *id)
{
        return sessions_get(granted_logins_sessions(world->logins), id)->proved_at_sec;
}

static void the_providers_no_counts_where_no_end_can_be_written(void **state)
{
        struct world *world = *state;

        fill_queue(world);
        assert_int_equal(
                granted_logins_end(world->logins, "s0", SESSION_ENDED_BY_ADMIN, NULL, NULL, NULL),
                -ENOBUFS);
        assert_int_equal(proved_at_sec(world, "s0"), 1);
        assert_int_equal(granted_logins_end(world->logins, "s0", SESSION_REFUSED, NULL, NULL, NULL),
                         -ENOBUFS);
        assert_int_equal(proved_at_sec(world, "s0"), 0);
        settle(world);
        assert_int_equal(proved_at_sec(world, "s0"), 0);
        assert_int_equal(proved_at_sec(world, "s1"), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(those_of_one_account_end),
                TEST(those_of_everybody_end),
                TEST(a_full_queue_is_told_at_once),
                TEST(the_providers_no_counts_where_no_end_can_be_written),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
