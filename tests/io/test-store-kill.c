/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that commits, and says so, is killed at any moment: everything that it said is there.
 * 200 rounds, or 1,000 with BADGED_LONG=1. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/clock.h"
#include "store-fixture.h"

#define ROUNDS       200
#define ROUNDS_LONG  1000
#define MAX_SESSIONS 4096
/* How long a child lives at most: so many times what a commit takes here, but not less than this.
 */
#define MAX_DELAY_COMMITS  40
#define MAX_DELAY_USEC     5000
#define LONGEST_DELAY_USEC 1000000
#define IN_VAIN_MAX        3
/* Often enough for the journal to be written back within a round. */
#define SESSIONS_KEPT 60

struct said {
        bool is_there[MAX_SESSIONS];
        size_t next;
};

#define NUMBER_OPEN UINT32_MAX /* the store is open */

struct message {
        uint32_t number;
        uint32_t is_removal;
};

static void child_say(int pipe_fd, size_t n, bool is_removal)
{
        struct message message = {(uint32_t)n, is_removal};

        if (write(pipe_fd, &message, sizeof(message)) != sizeof(message))
                _exit(4);
}

static int child_remove(struct store *store, size_t n)
{
        _cleanup_session_record_ struct session_record session = {0};

        session_sample(n, &session);
        return store_session_remove(store, session.id);
}

/* Adds sessions, two at a time now and then, and removes those of long ago. */
static void child_work(struct store_fixture *fixture, size_t next, int pipe_fd)
{
        const char *why;

        if (store_open(fixture->path, fixture->seal, &fixture->store, &why) < 0)
                _exit(2);
        child_say(pipe_fd, NUMBER_OPEN, false);
        for (size_t n = next; n + 1 < MAX_SESSIONS; n++) {
                bool is_pair = n % 4 == 0;
                if (is_pair && store_begin(fixture->store) < 0)
                        _exit(3);
                if (session_sample_add(fixture->store, n) < 0)
                        _exit(3);
                if (is_pair && (session_sample_add(fixture->store, n + 1) < 0 ||
                                store_commit(fixture->store) < 0))
                        _exit(3);
                child_say(pipe_fd, n, false);
                if (is_pair)
                        child_say(pipe_fd, ++n, false);
                if (n >= SESSIONS_KEPT && child_remove(fixture->store, n - SESSIONS_KEPT) == 0)
                        child_say(pipe_fd, n - SESSIONS_KEPT, true);
        }
        _exit(0);
}

static void hear(int pipe_fd, struct said *said)
{
        struct message message;

        while (read(pipe_fd, &message, sizeof(message)) == sizeof(message)) {
                if (message.number == NUMBER_OPEN)
                        continue;
                assert_true(message.number < MAX_SESSIONS);
                said->is_there[message.number] = !message.is_removal;
        }
}

static void wait_usec(long usec)
{
        const struct timespec delay = {usec / 1000000, usec % 1000000 * 1000};

        (void)nanosleep(&delay, NULL);
}

/* Kills it so long after it has the store open, or after its start, while it opens. */
static void one_round(struct store_fixture *fixture, struct said *said, bool while_opening,
                      long delay_usec)
{
        struct message message;
        int pipe_fds[2], status = 0;

        assert_int_equal(pipe(pipe_fds), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                (void)close(pipe_fds[0]);
                child_work(fixture, said->next, pipe_fds[1]);
        }
        (void)close(pipe_fds[1]);
        if (!while_opening)
                assert_int_equal(read(pipe_fds[0], &message, sizeof(message)), sizeof(message));
        wait_usec(delay_usec);
        assert_int_equal(kill(child, SIGKILL), 0);
        hear(pipe_fds[0], said);
        (void)close(pipe_fds[0]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
}

static long max_delay_usec(void)
{
        struct store_fixture *fixture = store_fixture_new();
        uint64_t usec;

        store_fixture_open(fixture);
        store_fixture_add_person(fixture->store);
        usec = clock_now_usec();
        assert_int_equal(session_sample_add(fixture->store, 0), 0);
        assert_int_equal(session_sample_add(fixture->store, 1), 0);
        usec = (clock_now_usec() - usec) / 2 * MAX_DELAY_COMMITS;
        (void)store_fixture_free(fixture);
        return usec > MAX_DELAY_USEC ? (long)usec : MAX_DELAY_USEC;
}

/* What was said is there; what was not may be, but then it is whole. A pair is one or none. */
static void look_round(struct store_fixture *fixture, struct said *said)
{
        _cleanup_session_list_ struct session_list list = {0};
        bool is_found[MAX_SESSIONS] = {false};
        size_t n_unsaid = 0;

        store_fixture_open(fixture);
        assert_int_equal(store_session_list(fixture->store, NULL, &list), 0);
        for (size_t i = 0; i < list.n; i++) {
                size_t n = strtoul(list.records[i].client_id + strlen("linux-"), NULL, 10);
                assert_true(n < MAX_SESSIONS);
                assert_true(session_is_sample(&list.records[i], n));
                is_found[n] = true;
                if (n >= said->next)
                        said->next = n + 1;
        }
        for (size_t n = 0; n + 1 < MAX_SESSIONS; n++) {
                if (said->is_there[n] && !is_found[n]) {
                        /* removed, and killed before that was said */
                        assert_true(n + SESSIONS_KEPT < said->next);
                        n_unsaid++;
                }
                if (n % 4 == 0 && n + SESSIONS_KEPT - 4 > said->next)
                        assert_int_equal(is_found[n], is_found[n + 1]);
                said->is_there[n] = is_found[n];
        }
        assert_true(n_unsaid <= 1);
        store_fixture_close(fixture);
}

static void what_was_said_to_be_kept_is_there_after_a_kill(void **state)
{
        struct store_fixture *fixture = store_fixture_new();
        const char *is_long = getenv("BADGED_LONG");
        size_t rounds = is_long && strcmp(is_long, "1") == 0 ? ROUNDS_LONG : ROUNDS;
        size_t kept = 0, waited_sessions = 0, n_in_vain = 0;
        unsigned seed = (unsigned)getpid();
        long delay_usec = max_delay_usec();
        static struct said said;

        print_message("seed %u, %zu rounds, of %ld us at most\n", seed, rounds, delay_usec);
        store_fixture_open(fixture);
        store_fixture_add_person(fixture->store);
        store_fixture_close(fixture);
        for (size_t i = 0; i < rounds; i++) {
                size_t before = said.next;
                if (before + 600 > MAX_SESSIONS) { /* start over, in a store of its own */
                        fixture = store_fixture_free(fixture);
                        fixture = store_fixture_new();
                        store_fixture_open(fixture);
                        store_fixture_add_person(fixture->store);
                        store_fixture_close(fixture);
                        said = (struct said){0};
                        before = 0;
                }
                one_round(fixture, &said, i % 4 == 0, (long)(rand_r(&seed) % delay_usec));
                look_round(fixture, &said);
                kept += said.next > before;
                /* On a machine that has become busier they live longer, and so get somewhere. */
                n_in_vain = said.next > before ? 0 : n_in_vain + 1;
                if (n_in_vain > IN_VAIN_MAX && delay_usec < LONGEST_DELAY_USEC)
                        delay_usec *= 2;
                waited_sessions += said.next - before;
        }
        print_message("%zu rounds got somewhere, %zu sessions\n", kept, waited_sessions);
        assert_true(kept > rounds / 4);
        (void)store_fixture_free(fixture);
}

/* The very first start, killed anywhere: the next one finds a store, or none. */
static void a_killed_first_start_leaves_nothing_half(void **state)
{
        unsigned seed = (unsigned)getpid();

        for (int i = 0; i < 60; i++) {
                struct store_fixture *fixture = store_fixture_new();
                int status;
                pid_t child = fork();

                assert_true(child >= 0);
                if (child == 0) {
                        const char *why;
                        int r = store_open(fixture->path, fixture->seal, &fixture->store, &why);
                        _exit(r < 0);
                }
                wait_usec((long)(rand_r(&seed) % 15000));
                (void)kill(child, SIGKILL);
                assert_int_equal(waitpid(child, &status, 0), child);
                store_fixture_open(fixture);
                store_fixture_add_person(fixture->store);
                (void)store_fixture_free(fixture);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_was_said_to_be_kept_is_there_after_a_kill),
                cmocka_unit_test(a_killed_first_start_leaves_nothing_half),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
