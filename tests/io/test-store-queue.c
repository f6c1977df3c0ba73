/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "store-fixture.h"
#include "store-loop.h"

#define WAIT_MSEC 60000
#define NAP_MSEC  1
#define NAPS_MAX  WAIT_MSEC

struct world {
        struct store_fixture *fixture;
        struct store_loop *loop;
};

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof(*world));

        assert_non_null(world);
        world->fixture = store_fixture_new();
        store_fixture_open(world->fixture);
        store_fixture_add_person(world->fixture->store);
        world->loop = store_loop_new(TAKE_PTR(world->fixture->store));
        *state = world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        world->loop = store_loop_free(world->loop);
        store_fixture_free(world->fixture);
        free(world);
        return 0;
}

/* What one write does and what became of it. */
struct task {
        size_t n; /* number of the session that it adds */
        int result;
        atomic_uint n_runs; /* counted on the queue's thread */
        unsigned n_finishes;
        int gate; /* a descriptor that is read before anything is done; -1: none */
        bool saw_signals;
        pthread_t thread;
        struct store_loop *loop;
        struct store_write *write;
        unsigned n_told;
};

static int task_run(struct store *store, void *work)
{
        struct task *task = work;
        sigset_t mask;
        char byte;

        task->n_runs++;
        task->thread = pthread_self();
        task->saw_signals = pthread_sigmask(SIG_BLOCK, NULL, &mask) != 0 ||
                            !sigismember(&mask, SIGTERM) || !sigismember(&mask, SIGUSR1);
        if (task->gate >= 0 && read(task->gate, &byte, 1) != 1)
                return -EIO;
        return session_sample_add(store, task->n);
}

static void nap(void)
{
        (void)poll(NULL, 0, NAP_MSEC);
}

static void task_finish(int result, void *work)
{
        struct task *task = work;

        task->result = result;
        task->n_finishes++;
}

static const struct store_work task_work = {"session", task_run, false, task_finish};
static const struct store_work lone_work = {"session", task_run, true, task_finish};

static void on_told(int result, void *userdata)
{
        struct task *task = userdata;

        assert_int_equal(result, task->result);
        assert_int_equal(task->n_finishes, 1);
        task->n_told++;
        task->write = store_write_free(task->write);
}

static void push(struct world *world, const struct store_work *what, struct task *task)
{
        assert_int_equal(
                store_queue_push(world->loop->queue, what, task, on_told, task, &task->write), 0);
}

static size_t sessions_after(struct world *world)
{
        struct session_list list = {0};

        world->loop->queue = store_queue_free(world->loop->queue);
        store_fixture_open(world->fixture);
        assert_int_equal(store_session_list(world->fixture->store, NULL, &list), 0);
        size_t n = list.n;
        session_list_finish(&list);
        return n;
}

static void a_write_is_done_on_a_thread_without_signals(void **state)
{
        struct world *world = *state;
        struct task task = {.gate = -1};

        push(world, &task_work, &task);
        assert_int_equal(store_queue_count(world->loop->queue), 1);
        store_loop_run(world->loop);
        assert_int_equal(task.n_told, 1);
        assert_int_equal(task.result, 0);
        assert_false(task.saw_signals);
        assert_false(pthread_equal(task.thread, pthread_self()));
        assert_int_equal(sessions_after(world), 1);
}

/* The loop goes on while the first write hangs; all that came meanwhile is one commit. */
static void the_loop_does_not_wait_for_the_disk(void **state)
{
        struct world *world = *state;
        struct task tasks[50];
        int gate[2];

        assert_int_equal(pipe(gate), 0);
        for (size_t i = 0; i < 50; i++) {
                tasks[i] = (struct task){.n = i, .gate = i == 0 ? gate[0] : -1};
                push(world, &task_work, &tasks[i]);
        }
        assert_int_equal(sd_event_run(world->loop->event, 0), 0);
        assert_int_equal(write(gate[1], "x", 1), 1);
        store_loop_run(world->loop);
        for (size_t i = 0; i < 50; i++)
                assert_int_equal(tasks[i].n_told + tasks[i].n_runs, 2);
        assert_int_equal(sessions_after(world), 50);
        close(gate[0]);
        close(gate[1]);
}

/* The neighbours of a bad one run again, each for itself; a lone one never does. */
static void a_bad_write_fails_alone(void **state)
{
        struct world *world = *state;
        struct task tasks[6];
        int gate[2];

        assert_int_equal(pipe(gate), 0);
        for (size_t i = 0; i < 6; i++) {
                tasks[i] = (struct task){.n = i == 3 ? 1 : i, .gate = i == 0 ? gate[0] : -1};
                push(world, i == 5 ? &lone_work : &task_work, &tasks[i]);
        }
        assert_int_equal(write(gate[1], "xx", 2), 2);
        store_loop_run(world->loop);
        for (size_t i = 0; i < 6; i++) {
                assert_int_equal(tasks[i].result, i == 3 ? -EEXIST : 0);
                assert_int_equal(tasks[i].n_told, 1);
        }
        assert_int_equal(tasks[5].n_runs, 1);
        assert_int_equal(world->loop->n_failures, 1);
        assert_int_equal(sessions_after(world), 5);
        close(gate[0]);
        close(gate[1]);
}

/* What follows in the same commit is not tried: it is told why, not that something is missing. */
static void a_failing_disk_takes_the_rest_along(void **state)
{
        struct world *world = *state;
        struct task tasks[6];
        int gate[2];

        assert_int_equal(pipe(gate), 0);
        for (size_t i = 0; i < 6; i++) {
                tasks[i] = (struct task){.n = i, .gate = i == 0 ? gate[0] : i == 3 ? gate[1] : -1};
                push(world, &task_work, &tasks[i]);
                while (i == 0 && tasks[0].n_runs == 0)
                        nap(); /* so that what comes now is one commit */
        }
        assert_int_equal(write(gate[1], "xx", 2), 2);
        store_loop_run(world->loop);
        for (size_t i = 0; i < 6; i++)
                assert_int_equal(tasks[i].result, i < 3 ? 0 : -EIO);
        assert_int_equal(tasks[5].n_runs, 0);
        assert_int_equal(world->loop->n_failures, 3);
        assert_int_equal(sessions_after(world), 3);
        close(gate[0]);
        close(gate[1]);
}

static void the_end_writes_what_is_queued_and_tells_nobody(void **state)
{
        struct world *world = *state;
        struct task tasks[20];

        for (size_t i = 0; i < 20; i++) {
                tasks[i] = (struct task){.n = i, .gate = -1};
                push(world, &task_work, &tasks[i]);
        }
        assert_int_equal(sessions_after(world), 20);
        for (size_t i = 0; i < 20; i++) {
                assert_int_equal(tasks[i].n_told, 0);
                assert_int_equal(tasks[i].n_finishes, 1);
                assert_null(store_write_free(tasks[i].write));
        }
}

/* A thread that was waited for stands there a moment longer. */
static size_t count_threads(void)
{
        DIR *folder = opendir("/proc/self/task");
        size_t n = 0;

        assert_non_null(folder);
        for (struct dirent *entry; (entry = readdir(folder));)
                n += entry->d_name[0] != '.';
        closedir(folder);
        return n;
}

static void no_thread_outlives_its_queue(void **state)
{
        struct world *world = *state;

        size_t n = count_threads();
        assert_true(n >= 2);
        world->loop->queue = store_queue_free(world->loop->queue);
        for (unsigned i = 0; i < NAPS_MAX && count_threads() >= n; i++)
                nap();
        assert_true(count_threads() < n);
}

static void so_many_may_wait_and_no_more(void **state)
{
        struct world *world = *state;
        struct task first = {.n = 0}, bad = {.gate = -1};
        struct task *others = calloc(STORE_QUEUE_MAX_WRITES, sizeof(*others));
        int gate[2];

        assert_int_equal(pipe(gate), 0);
        assert_non_null(others);
        first.gate = gate[0];
        push(world, &task_work, &first);
        for (size_t i = 1; i < STORE_QUEUE_MAX_WRITES; i++) {
                others[i] = (struct task){.n = 1, .gate = -1};
                assert_int_equal(store_queue_push(world->loop->queue, &task_work, &others[i], NULL,
                                                  NULL, NULL),
                                 0);
        }
        assert_int_equal(store_queue_push(world->loop->queue, &task_work, &bad, NULL, NULL, NULL),
                         -ENOBUFS);
        assert_int_equal(write(gate[1], "xx", 2), 2);
        store_loop_run(world->loop);
        assert_int_equal(bad.n_runs + bad.n_finishes, 0);
        assert_int_equal(sessions_after(world), 2);
        free(others);
        close(gate[0]);
        close(gate[1]);
}

static int tell_of_rest(struct store *store, void *userdata)
{
        const int *fd = userdata;

        return write(*fd, "x", 1) == 1 ? store_settle(store) : -EIO;
}

static void it_settles_when_nothing_is_written(void **state)
{
        struct world *world = *state;
        struct task task = {.gate = -1};
        int rest[2];

        assert_int_equal(pipe(rest), 0);
        store_queue_settle_with(world->loop->queue, 1000, tell_of_rest, &rest[1]);
        push(world, &task_work, &task);
        store_loop_run(world->loop);
        struct pollfd is_resting = {.fd = rest[0], .events = POLLIN};
        assert_int_equal(poll(&is_resting, 1, WAIT_MSEC), 1);
        world->loop->queue = store_queue_free(world->loop->queue); /* once is enough */
        char byte[8];
        assert_int_equal(read(rest[0], byte, sizeof(byte)), 1);
        close(rest[0]);
        close(rest[1]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(a_write_is_done_on_a_thread_without_signals),
                TEST(the_loop_does_not_wait_for_the_disk),
                TEST(a_bad_write_fails_alone),
                TEST(a_failing_disk_takes_the_rest_along),
                TEST(the_end_writes_what_is_queued_and_tells_nobody),
                TEST(no_thread_outlives_its_queue),
                TEST(so_many_may_wait_and_no_more),
                TEST(it_settles_when_nothing_is_written),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
