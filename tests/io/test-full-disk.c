/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A disk that takes nothing more: what was counted against guessers counts all the same. The disk
 * is full by the limit on the size of files, which is this process's own. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "factors.h"
#include "io/store-account.h"
#include "own-folder.h"
#include "state.h"
#include "throttling.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define NOW_SEC       UINT64_C(1770000000)
#define ORIGIN        "192.0.2.7"

struct world {
        char folder[32];
        sd_event *event;
        struct state *state;
};

static void settle(struct world *world)
{
        while (store_queue_count(world->state->queue) > 0)
                assert_true(sd_event_run(world->event, UINT64_MAX) >= 0);
}

static void let_disk_take(rlim_t size)
{
        const struct rlimit limit = {size, RLIM_INFINITY};

        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static int set_up(void **state)
{
        static struct world world;
        _cleanup_secret_ struct secret *shared = secret_new_text("one");
        const struct account_record alice = {.name = TEXT("alice"), .uid = 1000};
        const struct factor_record factor = {
                .id = TEXT("f1"),
                .account = TEXT("alice"),
                .type = TEXT("totp"),
                .name = TEXT("phone"),
                .created_at_sec = 1,
                .confirmed_at_sec = 1,
                .proved_at_sec = NOW_SEC,
                .shared_secret = shared,
        };

        strcpy(world.folder, "/tmp/full-disk-XXXXXX");
        assert_non_null(own_folder_make(world.folder));
        assert_int_equal(sd_event_new(&world.event), 0);
        assert_int_equal(state_new(world.event, world.folder, &world.state), 0);
        assert_int_equal(store_mirror_put(world.state->accounts, &alice, NULL, NULL, NULL), 0);
        assert_int_equal(store_mirror_put(world.state->factors, &factor, NULL, NULL, NULL), 0);
        settle(&world);
        (void)signal(SIGXFSZ, SIG_IGN);
        let_disk_take(0);
        *state = &world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        let_disk_take(RLIM_INFINITY);
        (void)state_free(world->state);
        sd_event_unref(world->event);
        own_folder_remove(world->folder);
        return 0;
}

static void guess(struct world *world)
{
        _cleanup_secret_ struct secret *typed = secret_new_text("000000");
        const struct factor_question question = {"alice", ORIGIN, typed, NOW_SEC, NOW_SEC};
        enum factor_answer answer = FACTOR_RIGHT;

        assert_int_equal(factors_check(world->state, &question, NULL, NULL, NULL, &answer), 0);
        assert_int_equal(answer, FACTOR_WRONG);
        settle(world);
}

static void wrong_codes_are_counted(void **state)
{
        struct world *world = *state;

        guess(world);
        guess(world);
        assert_int_equal(factors_next(world->state, "alice", NULL)->n_failures, 2);
}

/* A change of another kind that fails takes no failures along. */
static void wrong_codes_outlast_what_fails_later(void **state)
{
        struct world *world = *state;

        guess(world);
        factors_prove(world->state, "alice", NOW_SEC + 1);
        settle(world);
        assert_int_equal(factors_next(world->state, "alice", NULL)->n_failures, 1);
        assert_int_equal(factors_proved_at_sec(world->state, "alice"), NOW_SEC);
}

static void the_providers_no_counts(void **state)
{
        struct world *world = *state;

        factors_prove(world->state, "alice", 0);
        settle(world);
        assert_int_equal(factors_proved_at_sec(world->state, "alice"), 0);
}

static void failed_logins_are_counted(void **state)
{
        struct world *world = *state;

        for (int i = 0; i < 3; i++) {
                assert_int_equal(throttling_wait_sec(world->state, "alice", ORIGIN, NOW_SEC), 0);
                throttling_note(world->state, "alice", ORIGIN, LOGIN_REFUSED, NOW_SEC);
                settle(world);
        }
        assert_true(throttling_wait_sec(world->state, "alice", ORIGIN, NOW_SEC) > 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(wrong_codes_are_counted),
                TEST(wrong_codes_outlast_what_fails_later),
                TEST(the_providers_no_counts),
                TEST(failed_logins_are_counted),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
