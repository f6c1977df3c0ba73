/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The power is cut at every write, sync and change of size of some hours in a store's life, and
 * what was only written is there by chance: all that was acknowledged is, and nothing is half. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "power-vfs.h"
#include "store-fixture.h"

#define N_SESSIONS 10
#define N_LIVES    2 /* opened, filled further, closed */
#define SEEDS      2
#define SEEDS_LONG 20

/* How far it got: sessions that were added with 0; and whether number 0 was changed, or begun to.
 */
struct progress {
        size_t acknowledged, begun;
        bool rotation_begun, rotated;
};

static int rotate(struct store *store)
{
        _cleanup_session_record_ struct session_record session = {0};

        session_sample(0, &session);
        session.refresh_token = secret_free(session.refresh_token);
        session.refresh_token = secret_new_text("rotated");
        return store_session_update(store, &session);
}

static int add_more(struct store *store, struct progress *progress)
{
        for (size_t i = 0; i < N_SESSIONS; i++) {
                progress->begun = progress->acknowledged + 1;
                int r = session_sample_add(store, progress->acknowledged);
                if (r < 0)
                        return r;
                progress->acknowledged++;
        }
        return 0;
}

/* One transaction of three. */
static int add_three(struct store *store, struct progress *progress)
{
        progress->begun = progress->acknowledged + 3;
        int r = store_begin(store);
        for (size_t i = 0; i < 3 && r == 0; i++)
                r = session_sample_add(store, progress->acknowledged + i);
        if (r == 0)
                r = store_commit(store);
        if (r < 0) {
                store_rollback(store);
                return r;
        }
        progress->acknowledged += 3;
        return 0;
}

static int live(struct store_fixture *fixture, struct progress *progress)
{
        const char *why = NULL;

        int r = store_fixture_try(fixture, &why);
        if (r == 0)
                r = add_more(fixture->store, progress);
        if (r == 0)
                r = store_settle(fixture->store);
        if (r == 0)
                r = add_three(fixture->store, progress);
        if (r == 0) {
                progress->rotation_begun = true;
                r = rotate(fixture->store);
                progress->rotated = r == 0 || progress->rotated;
        }
        store_fixture_close(fixture);
        return r;
}

static void live_on(struct store_fixture *fixture, struct progress *progress)
{
        for (size_t i = 0; i < N_LIVES; i++)
                if (live(fixture, progress) < 0)
                        return;
}

/* Number 0 has its first token or the new one, and the new one when that was acknowledged. */
static bool first_is_right(struct session_record *first, const struct progress *progress)
{
        bool is_rotated = strcmp(secret_bytes(first->refresh_token), "rotated") == 0;

        if (progress->rotated && !is_rotated)
                return false;
        if (is_rotated && !progress->rotation_begun)
                return false;
        first->refresh_token = secret_free(first->refresh_token);
        _cleanup_session_record_ struct session_record sample = {0};
        session_sample(0, &sample);
        first->refresh_token = TAKE_PTR(sample.refresh_token);
        return session_is_sample(first, 0);
}

/* True when all that was acknowledged is there, and nothing that was never begun. */
static bool is_kept(struct store_fixture *fixture, const struct progress *progress)
{
        _cleanup_session_list_ struct session_list list = {0};

        if (store_session_list(fixture->store, NULL, &list) < 0)
                return false;
        if (list.n < progress->acknowledged || list.n > progress->begun)
                return false;
        /* of three, all or none */
        if (progress->begun == progress->acknowledged + 3 && list.n != progress->acknowledged &&
            list.n != progress->begun)
                return false;
        for (size_t n = 0; n < list.n; n++)
                if (!(n == 0 ? first_is_right(&list.records[0], progress)
                             : session_is_sample(&list.records[n], n)))
                        return false;
        return true;
}

static struct store_fixture *fixture_with_person(void)
{
        struct store_fixture *fixture = store_fixture_new();

        store_fixture_open(fixture);
        store_fixture_add_person(fixture->store);
        store_fixture_close(fixture);
        return fixture;
}

/* Returns false when the life ended before the n-th call. */
static bool cut_once(size_t n, unsigned seed, bool is_lying, size_t *failures)
{
        struct store_fixture *fixture = fixture_with_person();
        struct progress progress = {0};
        const char *why = NULL;

        power_vfs_install();
        power_vfs_cut_at(n);
        power_vfs_lie(is_lying);
        live_on(fixture, &progress);
        bool was_cut = power_vfs_is_cut();
        power_vfs_restore(seed);
        power_vfs_remove();

        int r = store_fixture_try(fixture, &why);
        if (r < 0 || !is_kept(fixture, &progress)) {
                if (!is_lying)
                        print_error("cut at %zu, seed %u: %s\n", n, seed, r < 0 ? why : "lost");
                (*failures)++;
        }
        (void)store_fixture_free(fixture);
        return was_cut;
}

static size_t cut_everywhere(unsigned seeds, size_t step, bool is_lying, size_t *ret_cuts)
{
        size_t failures = 0, cuts = 0;
        bool was_cut = true;

        for (size_t n = 1; was_cut; n += step)
                for (unsigned i = 0; i < seeds; i++) {
                        was_cut = cut_once(n, (unsigned)n * 31 + i, is_lying, &failures);
                        cuts += was_cut;
                }
        *ret_cuts = cuts;
        return failures;
}

static void a_power_cut_at_any_write_loses_nothing_acknowledged(void **state)
{
        const char *is_long = getenv("BADGED_LONG");
        size_t cuts;

        size_t failures = cut_everywhere(is_long && strcmp(is_long, "1") == 0 ? SEEDS_LONG : SEEDS,
                                         1, false, &cuts);
        print_message("%zu cuts\n", cuts);
        assert_int_equal(failures, 0);
        assert_true(cuts > 100);
}

/* The test itself: a disk that only says that it synced is found out. */
static void a_disk_that_lies_is_noticed(void **state)
{
        size_t cuts;

        assert_true(cut_everywhere(1, 11, true, &cuts) > cuts / 4);
}

/* A disk that fails once, and works again: what failed is not there, what did not is. */
static void a_failed_write_is_a_failed_write(void **state)
{
        bool was_cut = true;

        for (size_t n = 1; was_cut; n++) {
                struct store_fixture *fixture = fixture_with_person();
                struct progress progress = {0};

                power_vfs_install();
                store_fixture_open(fixture);
                power_vfs_cut_at(n);
                int r = add_more(fixture->store, &progress);
                was_cut = power_vfs_is_cut();
                assert_int_equal(r < 0, was_cut);
                if (was_cut)
                        assert_true(r == -EIO);
                power_vfs_cut_at(0);
                if (was_cut) {
                        r = add_more(fixture->store, &progress);
                        assert_int_equal(r, 0);
                }
                assert_true(is_kept(fixture, &progress));
                store_fixture_close(fixture);
                power_vfs_remove();
                store_fixture_open(fixture);
                assert_true(is_kept(fixture, &progress));
                (void)store_fixture_free(fixture);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_power_cut_at_any_write_loses_nothing_acknowledged),
                cmocka_unit_test(a_disk_that_lies_is_noticed),
                cmocka_unit_test(a_failed_write_is_a_failed_write),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
