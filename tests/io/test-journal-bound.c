/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many entries those have who are refused. What is written is counted by the chain, which each
 * entry makes longer by one. */
#include "journal-bound.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "log.h"

#define MOST      JOURNAL_BOUND_PER_MINUTE
#define HOUR_USEC (UINT64_C(3600) * 1000000)

struct world {
        sd_event *event;
        struct journal_bound *bound;
        uint64_t begun; /* the length of the chain then */
};

static struct world *world_new(uint64_t interval_usec)
{
        static struct world world;

        assert_int_equal(sd_event_new(&world.event), 0);
        /* The loop's time stands still from here on, until it runs again. */
        assert_true(sd_event_run(world.event, 0) >= 0);
        assert_int_equal(journal_bound_new(world.event, interval_usec, &world.bound), 0);
        world.begun = log_chain().sequence;
        return &world;
}

static int set_up(void **state)
{
        *state = world_new(HOUR_USEC);
        return 0;
}

static int set_up_hasty(void **state)
{
        *state = world_new(1000);
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        world->bound = journal_bound_free(world->bound);
        world->event = sd_event_unref(world->event);
        return 0;
}

static uint64_t written(const struct world *world)
{
        return log_chain().sequence - world->begun;
}

static void refuse(uid_t uid, bool is_idle, unsigned n)
{
        const struct log_decision decision = {
                .event = LOG_EVENT_CALLER,
                .outcome = LOGIN_REFUSED,
                .caller_uid = uid,
                .reason = "Only root may ask for this.",
                .is_idle = is_idle,
        };

        while (n-- > 0)
                log_decision(&decision);
}

static void one_uid_has_so_many(void **state)
{
        struct world *world = *state;

        refuse(1000, true, MOST);
        assert_int_equal(written(world), MOST);
        refuse(1000, true, 500);
        assert_int_equal(written(world), MOST);
}

static void each_uid_has_its_own(void **state)
{
        struct world *world = *state;

        refuse(1000, true, MOST + 10);
        refuse(1001, true, 5);
        assert_int_equal(written(world), MOST + 5);
}

static void roots_are_all_written(void **state)
{
        struct world *world = *state;

        refuse(1000, true, MOST + 10);
        refuse(0, true, 3 * MOST);
        assert_int_equal(written(world), 4 * MOST);
}

static void decisions_are_all_written(void **state)
{
        struct world *world = *state;

        refuse(1000, true, MOST + 10);
        refuse(1000, false, 3 * MOST);
        assert_int_equal(written(world), 4 * MOST);
}

static void who_is_not_known_is_one_too(void **state)
{
        struct world *world = *state;

        refuse(LOG_NO_UID, true, MOST + 10);
        assert_int_equal(written(world), MOST);
        world->bound = journal_bound_free(world->bound);
        assert_int_equal(written(world), MOST + 1);
}

static void the_rest_is_summed_up_for_each(void **state)
{
        struct world *world = *state;

        for (uid_t uid = 1000; uid < 1003; uid++)
                refuse(uid, true, MOST + 10);
        refuse(1003, true, MOST);
        assert_int_equal(written(world), 4 * MOST);
        world->bound = journal_bound_free(world->bound);
        assert_int_equal(written(world), 4 * MOST + 3);
        refuse(1000, true, 2 * MOST);
        assert_int_equal(written(world), 6 * MOST + 3);
}

static void many_uids_are_summed_up_as_one(void **state)
{
        struct world *world = *state;
        const unsigned n_uids = JOURNAL_BOUND_MAX_UIDS + 20;

        for (uid_t uid = 1000; uid < 1000 + n_uids; uid++)
                refuse(uid, true, MOST + 1);
        assert_int_equal(written(world), n_uids * MOST);
        world->bound = journal_bound_free(world->bound);
        assert_int_equal(written(world), n_uids * MOST + JOURNAL_BOUND_MAX_UIDS + 1);
}

static void the_rest_is_summed_up_after_a_while(void **state)
{
        struct world *world = *state;

        for (unsigned i = 1; i <= 2; i++) {
                uint64_t before = written(world);
                refuse(1000, true, 3 * MOST);
                uint64_t then = written(world);
                assert_true(then <= before + MOST);
                while (written(world) == then)
                        assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
                assert_int_equal(written(world), then + 1);
        }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(one_uid_has_so_many),
                TEST(each_uid_has_its_own),
                TEST(roots_are_all_written),
                TEST(decisions_are_all_written),
                TEST(who_is_not_known_is_one_too),
                TEST(the_rest_is_summed_up_for_each),
                TEST(many_uids_are_summed_up_as_one),
                cmocka_unit_test_setup_teardown(the_rest_is_summed_up_after_a_while, set_up_hasty,
                                                tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
