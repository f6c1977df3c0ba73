/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs every piece of work once for each allocation that it makes, or for each call of each outside
 * function, with that one failing, and once more with that one and all later ones: no crash, no
 * wrong end, nothing left over, no descriptor either. */
#include "torture.h"

#include <dirent.h>
#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "fail-alloc.h"
#include "failing-calls.h"

/* For work on one case: a part of its name. */
#define ONLY "TORTURE_ONLY"

#define ROUNDS_MAX 200000
#define CASES_MAX  64
#define WARM_UPS   2
#define HANG_SEC   60 /* of one round */

/* What fails. */
struct means {
        const char *what;
        void (*arm)(size_t n, bool and_all_after);
        bool (*disarm)(void);
};

static const struct means allocations = {"allocation", fail_alloc_arm, fail_alloc_disarm};

struct leftovers {
        size_t allocations, fds;
};

static struct leftovers count_leftovers(void)
{
        struct leftovers found = {0};

        OPENSSL_thread_stop(); /* its last errors, which libcrypto keeps for whoever may ask */
        DIR *folder = opendir("/proc/self/fd");
        while (folder && readdir(folder))
                found.fds++;
        if (folder)
                (void)closedir(folder);
        found.allocations = fail_alloc_live();
        return found;
}

/* True when the work met a failure. */
static bool torture_once(const struct torture_case *tested, const void *prepared,
                         const struct means *means, size_t n, bool and_all_after, bool *ret_grew)
{
        const char *all = and_all_after ? " and all after" : "";
        struct leftovers before = count_leftovers();

        (void)alarm(HANG_SEC);
        means->arm(n, and_all_after);
        enum torture_end end = tested->run(prepared);
        bool failed = means->disarm();
        (void)alarm(0);
        struct leftovers after = count_leftovers();
        if (end == TORTURE_WRONG || (end == TORTURE_SHORT && !failed))
                fail_msg("wrong end with %s %zu%s failing", means->what, n, all);
        if (after.fds > before.fds)
                fail_msg("descriptor left over with %s %zu%s failing", means->what, n, all);
        *ret_grew = after.allocations > before.allocations;
        return failed;
}

static size_t next_of(const struct torture_case *tested, size_t n)
{
        const char *is_long = getenv("BADGED_LONG");

        if (tested->stride == 0 || n < tested->dense || (is_long && strcmp(is_long, "1") == 0))
                return n + 1;
        return n + tested->stride;
}

/* Returns how many there are, roughly where there is a stride. */
static size_t torture_rounds(const struct torture_case *tested, const void *prepared,
                             const struct means *means, bool and_all_after)
{
        for (size_t n = 0; n < ROUNDS_MAX; n = next_of(tested, n)) {
                bool grew, grew_again = false;
                bool failed = torture_once(tested, prepared, means, n, and_all_after, &grew);
                if (grew)
                        (void)torture_once(tested, prepared, means, n, and_all_after, &grew_again);
                if (grew_again)
                        fail_msg("memory left over with %s %zu%s failing", means->what, n,
                                 and_all_after ? " and all after" : "");
                if (!failed)
                        return n;
        }
        fail_msg("there is no end to its calls of %s", means->what);
        return 0;
}

static void *get_ready(const struct torture_case *tested)
{
        void *prepared = tested->prepare ? tested->prepare() : NULL;

        assert_true(prepared || !tested->prepare);
        for (int i = 0; i < WARM_UPS; i++)
                assert_int_equal(tested->run(prepared), TORTURE_DONE);
        return prepared;
}

static void finish(const struct torture_case *tested, void *prepared)
{
        if (tested->release)
                tested->release(prepared);
}

static void with_allocations_failing(void **state)
{
        const struct torture_case *tested = *state;
        void *prepared = get_ready(tested);

        size_t n = torture_rounds(tested, prepared, &allocations, false);
        assert_true(n > 0);
        (void)torture_rounds(tested, prepared, &allocations, true);
        print_message("# %s: %zu allocations\n", tested->name, n);
        finish(tested, prepared);
}

static void with_calls_failing(void **state)
{
        const struct torture_case *tested = *state;
        void *prepared = get_ready(tested);
        const char *name;
        size_t sum = 0;

        for (size_t i = 0; (name = failing_call_name(i)); i++) {
                const struct means calls = {name, failing_call_arm, failing_call_disarm};
                failing_call_choose(i);
                size_t n = torture_rounds(tested, prepared, &calls, false);
                if (n > 0)
                        (void)torture_rounds(tested, prepared, &calls, true);
                sum += n;
        }
        print_message("# %s: %zu calls\n", tested->name, sum);
        assert_true(sum > 0);
        finish(tested, prepared);
}

/* A name that no case calls would be tried in vain. */
static void every_call_failed_at_least_once(void **state)
{
        const char *name;
        size_t n_vain = 0;

        for (size_t i = 0; (name = failing_call_name(i)); i++)
                if (failing_call_failures(i) == 0) {
                        print_message("# %s was never called\n", name);
                        n_vain++;
                }
        assert_int_equal(n_vain, 0);
}

/* Without these three no case with allocations could fail. */
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

        (void)torture_once(&leaking, NULL, &allocations, 1, false, &grew);
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

static size_t add_cases(const struct torture_cases *const *lists, CMUnitTestFunction with,
                        struct CMUnitTest *tests)
{
        const char *only = getenv(ONLY);
        size_t n = 0;

        for (; (*lists)->n > 0; lists++)
                for (size_t i = 0; i < (*lists)->n; i++) {
                        const struct torture_case *tested = &(*lists)->cases[i];
                        if (only && !strstr(tested->name, only))
                                continue;
                        tests[n++] = (struct CMUnitTest){
                                .name = tested->name,
                                .test_func = with,
                                .initial_state = (void *)(uintptr_t)tested};
                }
        return n;
}

int torture_main(int argc, char **argv, const struct torture_cases *const *lists)
{
        static struct CMUnitTest tests[CASES_MAX];
        bool are_calls = argc == 2 && strcmp(argv[1], "calls") == 0;
        size_t n;

        if (are_calls) {
                n = add_cases(lists, with_calls_failing, tests);
                if (!getenv(ONLY))
                        tests[n++] = (struct CMUnitTest)cmocka_unit_test(
                                every_call_failed_at_least_once);
        } else {
                const struct CMUnitTest own[] = {cmocka_unit_test(leftovers_are_noticed),
                                                 cmocka_unit_test(the_chosen_allocation_fails),
                                                 cmocka_unit_test(all_later_ones_fail)};
                memcpy(tests, own, sizeof(own));
                n = ELEMENTSOF(own);
                n += add_cases(lists, with_allocations_failing, tests + n);
        }
        return _cmocka_run_group_tests("torture", tests, n, NULL, NULL);
}
