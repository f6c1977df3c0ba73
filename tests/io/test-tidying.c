/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the state forgets by itself, and what becomes of whoever finds it full. */
#include "tidying.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bus/safe-reply.h"
#include "common/bus-names.h"
#include "common/clock.h"
#include "core/ticket-rules.h"
#include "io/store-account.h"
#include "own-folder.h"
#include "tickets.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define OVER          TICKET_REMEMBER_SEC + 100
#define HOUR_USEC     (UINT64_C(3600) * 1000000)

struct world {
        char folder[32];
        sd_event *event;
        struct state *state;
        struct tidying *tidying;
};

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof(*world));
        const struct account_record alice = {.name = TEXT("alice"), .uid = 1000};

        assert_non_null(world);
        strcpy(world->folder, "/tmp/tidying-XXXXXX");
        assert_non_null(own_folder_make(world->folder));
        assert_int_equal(sd_event_new(&world->event), 0);
        assert_int_equal(state_new(world->event, world->folder, &world->state), 0);
        assert_int_equal(store_mirror_put(world->state->accounts, &alice, NULL, NULL, NULL), 0);
        *state = world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        (void)tidying_free(world->tidying);
        (void)state_free(world->state);
        sd_event_unref(world->event);
        own_folder_remove(world->folder);
        free(world);
        return 0;
}

static void settle(struct world *world)
{
        while (store_queue_count(world->state->queue) > 0)
                assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
}

/* Revoked so long ago; 0: usable. */
static int add(struct world *world, const char *id, uint64_t revoked_before_sec)
{
        const struct ticket_record ticket = {
                .id = TEXT(id),
                .account = TEXT("alice"),
                .name = TEXT("night shift"),
                .services = TEXT("[\"sshd\"]"),
                .hash = TEXT(id),
                .created_by = TEXT("root"),
                .created_at_sec = 1,
                .revoked_at_sec = revoked_before_sec > 0 ? clock_wall_sec() - revoked_before_sec
                                                         : 0,
        };

        return store_mirror_put(world->state->tickets, &ticket, NULL, NULL, NULL);
}

static bool has(const struct world *world, const char *id)
{
        return store_mirror_get(world->state->tickets, id) != NULL;
}

static void begin(struct world *world, uint64_t interval_usec)
{
        assert_int_equal(tidying_new(world->event, world->state, interval_usec, &world->tidying),
                         0);
}

static void tickets_that_are_over_go_at_the_start(void **state)
{
        struct world *world = *state;

        assert_int_equal(add(world, "usable", 0), 0);
        assert_int_equal(add(world, "over", OVER), 0);
        assert_int_equal(add(world, "recent", TICKET_REMEMBER_SEC - 100), 0);
        assert_int_equal(add(world, "over-too", OVER), 0);
        begin(world, HOUR_USEC);
        settle(world);
        assert_true(has(world, "usable") && has(world, "recent"));
        assert_false(has(world, "over") || has(world, "over-too"));
}

static void tickets_that_are_over_go_later(void **state)
{
        struct world *world = *state;

        begin(world, 1000);
        for (int i = 0; i < 2; i++) {
                assert_int_equal(add(world, "over", OVER), 0);
                while (has(world, "over"))
                        assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
        }
}

static void no_more_go_at_a_time_than_the_queue_takes(void **state)
{
        struct world *world = *state;
        char id[16];

        for (unsigned i = 0; i < TIDYING_MAX_TICKETS + 5; i++) {
                (void)snprintf(id, sizeof(id), "t%u", i);
                assert_int_equal(add(world, id, OVER), 0);
        }
        begin(world, HOUR_USEC);
        assert_int_equal(store_mirror_count(world->state->tickets), 5);
}

static void what_is_in_doubt_stays_as_it_is(void **state)
{
        struct world *world = *state;
        char damage[] = "this was a store";

        settle(world);
        (void)state_free(world->state);
        assert_true(own_file_write(world->folder, &(struct own_file){"store", damage, 0600}));
        assert_int_equal(state_new(world->event, world->folder, &world->state), 0);
        assert_non_null(state_objection(world->state));
        assert_int_equal(add(world, "over", OVER), 0);
        begin(world, HOUR_USEC);
        assert_true(has(world, "over"));
}

/* Whoever comes next is refused, and told what to do about it. */
static void a_full_table_refuses(void **state)
{
        struct world *world = *state;
        char id[16];
        int r = 0;

        for (unsigned i = 0; r == 0; i++) {
                (void)snprintf(id, sizeof(id), "t%u", i);
                r = add(world, id, 0);
                if (i % 1000 == 0)
                        settle(world);
        }
        assert_int_equal(r, -ENOSPC);
        assert_int_equal(store_mirror_count(world->state->tickets), 20000);
        assert_int_equal(store_mirror_remove(world->state->tickets, "t7", NULL, NULL, NULL), 0);
        assert_int_equal(add(world, id, 0), 0);
}

static void whoever_is_refused_is_told_why(void **state)
{
        static const struct {
                int result;
                const char *name, *words;
        } rows[] = {
                {-ENOSPC, BADGED_ERROR_TOO_MANY, "badgectl account forget"},
                {-ENOBUFS, SD_BUS_ERROR_LIMITS_EXCEEDED, "Try again"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                sd_bus_error error = SD_BUS_ERROR_NULL;
                assert_true(safe_reply_complain(rows[i].result, &error) < 0);
                assert_string_equal(error.name, rows[i].name);
                assert_non_null(strstr(error.message, rows[i].words));
                sd_bus_error_free(&error);
        }
        assert_int_equal(safe_reply_complain(-ENOMEM, NULL), -ENOMEM);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(tickets_that_are_over_go_at_the_start),
                TEST(tickets_that_are_over_go_later),
                TEST(no_more_go_at_a_time_than_the_queue_takes),
                TEST(what_is_in_doubt_stays_as_it_is),
                TEST(a_full_table_refuses),
                cmocka_unit_test(whoever_is_refused_is_told_why),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
