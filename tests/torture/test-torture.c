/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs every piece of work once for each allocation that it makes, with that one failing, and once
 * more with that one and all later ones: no crash, no wrong end, nothing left over, no descriptor
 * either. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "fail-alloc.h"
#include "torture.h"

#define ROUNDS_MAX 20000
#define CASES_MAX  64
#define WARM_UPS   2
#define HANG_SEC   120

struct leftovers {
        size_t allocations, fds;
};

static struct leftovers count_leftovers(void)
{
        struct leftovers found = {0};
        DIR *folder = opendir("/proc/self/fd");

        while (folder && readdir(folder))
                found.fds++;
        if (folder)
                (void)closedir(folder);
        found.allocations = fail_alloc_live();
        return found;
}

/* True when the work met a failure. */
static bool torture_once(const struct torture_case *tested, const void *prepared, size_t n,
                         bool and_all_after, bool *ret_grew)
{
        struct leftovers before = count_leftovers();

        fail_alloc_arm(n, and_all_after);
        enum torture_end end = tested->run(prepared);
        bool failed = fail_alloc_disarm();
        struct leftovers after = count_leftovers();
        if (end == TORTURE_WRONG || (end == TORTURE_SHORT && !failed))
                fail_msg("wrong end with allocation %zu failing", n);
        if (after.fds > before.fds)
                fail_msg("descriptor left over with allocation %zu failing", n);
        *ret_grew = after.allocations > before.allocations;
        return failed;
}

static void torture_rounds(const struct torture_case *tested, const void *prepared,
                           bool and_all_after)
{
        for (size_t n = 0; n < ROUNDS_MAX; n++) {
                bool grew, grew_again = false;
                bool failed = torture_once(tested, prepared, n, and_all_after, &grew);
                if (grew)
                        (void)torture_once(tested, prepared, n, and_all_after, &grew_again);
                if (grew_again)
                        fail_msg("memory left over with allocation %zu failing", n);
                if (!failed) {
                        assert_true(n > 0);
                        print_message("# %s: %zu allocations\n", tested->name, n);
                        return;
                }
        }
        fail_msg("there is no end to its allocations");
}

static void torture(void **state)
{
        const struct torture_case *tested = *state;
        void *prepared = tested->prepare ? tested->prepare() : NULL;

        assert_true(prepared || !tested->prepare);
        (void)alarm(HANG_SEC);
        for (int i = 0; i < WARM_UPS; i++)
                assert_int_equal(tested->run(prepared), TORTURE_DONE);
        torture_rounds(tested, prepared, false);
        torture_rounds(tested, prepared, true);
        (void)alarm(0);
        if (tested->release)
                tested->release(prepared);
}

/* Without these three no case above could fail. */
static enum torture_end run_leaking(const void *prepared)
{
        static void *volatile kept;

        kept = malloc(1);
        return kept ? TORTURE_DONE : TORTURE_SHORT;
}

static void leftovers_are_noticed(void **state)
{
        const struct torture_case leaking = {.name = "leaking", .run = run_leaking};
        bool grew = false;

        (void)torture_once(&leaking, NULL, 1, false, &grew);
        assert_true(grew);
}

static void the_chosen_allocation_fails(void **state)
{
        fail_alloc_arm(1, false);
        void *volatile first = malloc(1), *volatile second = malloc(1), *volatile third = malloc(1);
        assert_true(fail_alloc_disarm());
        assert_true(first && !second && third);
        free(first);
        free(third);
}

static void all_later_ones_fail(void **state)
{
        fail_alloc_arm(1, true);
        void *volatile first = malloc(1), *volatile second = malloc(1), *volatile third = malloc(1);
        assert_true(fail_alloc_disarm());
        assert_true(first && !second && !third);
        free(first);
}

int main(void)
{
        static struct CMUnitTest tests[CASES_MAX] = {
                cmocka_unit_test(leftovers_are_noticed),
                cmocka_unit_test(the_chosen_allocation_fails),
                cmocka_unit_test(all_later_ones_fail),
        };
        const struct {
                const struct torture_case *cases;
                size_t n;
        } lists[] = {
                {torture_core_cases, torture_n_core_cases},
                {torture_directory_cases, torture_n_directory_cases},
                {torture_grants_cases, torture_n_grants_cases},
                {torture_sign_cases, torture_n_sign_cases},
                {torture_bus_cases, torture_n_bus_cases},
        };
        size_t n = 3;

        for (size_t i = 0; i < ELEMENTSOF(lists); i++)
                for (size_t j = 0; j < lists[i].n; j++)
                        tests[n++] = (struct CMUnitTest){
                                .name = lists[i].cases[j].name,
                                .test_func = torture,
                                .initial_state = (void *)(uintptr_t)&lists[i].cases[j]};
        return _cmocka_run_group_tests("torture", tests, n, NULL, NULL);
}
