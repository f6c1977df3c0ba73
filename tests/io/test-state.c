/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state over starts, damage, older copies and new keys. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/secret-file.h"
#include "io/store-account.h"
#include "own-folder.h"
#include "state-care.h"
#include "state.h"
#include "store-loop.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))
#define WAIT_USEC     UINT64_C(60000000)

struct world {
        char folder[sizeof("/tmp/badged-state-XXXXXX")];
        char path[128];
        sd_event *event;
        struct state *state;
};

static int set_up(void **state)
{
        struct world *world = calloc(1, sizeof(*world));

        assert_non_null(world);
        strcpy(world->folder, "/tmp/badged-state-XXXXXX");
        assert_non_null(own_folder_make(world->folder));
        assert_true(sd_event_new(&world->event) >= 0);
        *state = world;
        return 0;
}

static int tear_down(void **state)
{
        struct world *world = *state;

        (void)state_free(world->state);
        sd_event_unref(world->event);
        own_folder_remove(world->folder);
        free(world);
        return 0;
}

static void start(struct world *world)
{
        assert_null(world->state);
        assert_int_equal(state_new(world->event, world->folder, &world->state), 0);
        state_care_resume(world->state);
}

static void stop(struct world *world)
{
        world->state = state_free(world->state);
}

static void restart(struct world *world)
{
        stop(world);
        start(world);
}

static void assert_refused(struct world *world, int error)
{
        assert_null(world->state);
        assert_int_equal(state_new(world->event, world->folder, &world->state), error);
        assert_null(world->state);
}

static void wait_until_written(struct world *world)
{
        while (state_care_report(world->state).n_waiting > 0)
                assert_true(sd_event_run(world->event, WAIT_USEC) > 0);
}

static void put(struct world *world, const char *name)
{
        const struct account_record account = {.name = TEXT(name), .uid = 1000};
        struct store_told told = {.result = 1};

        assert_int_equal(
                store_mirror_put(world->state->accounts, &account, store_on_told, &told, NULL), 0);
        wait_until_written(world);
        assert_int_equal(told.result, 0);
}

static bool knows(struct world *world, const char *name)
{
        return store_mirror_get(world->state->accounts, name) != NULL;
}

/* ---- files ---- */

static const char *path_of(struct world *world, const char *name)
{
        snprintf(world->path, sizeof(world->path), "%s/%s", world->folder, name);
        return world->path;
}

static bool is_there(struct world *world, const char *name)
{
        glob_t found;

        int r = glob(path_of(world, name), 0, NULL, &found);
        if (r == 0)
                globfree(&found);
        return r == 0;
}

static void copy(struct world *world, const char *name, const char *to)
{
        char bytes[65536];
        ssize_t n;
        _cleanup_close_ int in = open(path_of(world, name), O_RDONLY);
        _cleanup_close_ int out = open(path_of(world, to), O_WRONLY | O_CREAT | O_TRUNC, 0600);

        assert_true(in >= 0 && out >= 0);
        while ((n = read(in, bytes, sizeof(bytes))) > 0)
                assert_int_equal(write(out, bytes, (size_t)n), n);
        assert_int_equal(n, 0);
}

static void damage(struct world *world)
{
        _cleanup_close_ int fd = open(path_of(world, "store"), O_WRONLY);

        assert_true(fd >= 0);
        assert_int_equal(pwrite(fd, "damaged", 7, 4096), 7);
}

static size_t keys_in_file(struct world *world)
{
        _cleanup_secret_ struct secret *keys = NULL;
        const char *why;
        size_t n = 1;

        assert_int_equal(secret_file_read(path_of(world, "store.key"), 4096, &keys, &why), 0);
        for (const char *at = secret_bytes(keys); (at = strchr(at, '\n')); at++)
                n++;
        return n;
}

/* ---- over starts ---- */

static void what_is_known_stays_known(void **state)
{
        struct world *world = *state;

        start(world);
        assert_null(state_objection(world->state));
        put(world, "alice");
        restart(world);
        assert_true(knows(world, "alice"));
        assert_null(state_objection(world->state));
}

static void ids_are_random_digits(void **state)
{
        char one[STATE_ID_DIGITS + 1], two[STATE_ID_DIGITS + 1];

        assert_int_equal(state_new_id(one), 0);
        assert_int_equal(state_new_id(two), 0);
        assert_int_equal(strspn(one, "0123456789abcdef"), STATE_ID_DIGITS);
        assert_int_equal(strlen(one), STATE_ID_DIGITS);
        assert_string_not_equal(one, two);
}

static void a_second_daemon_has_to_wait(void **state)
{
        struct world *world = *state;
        struct state *second = NULL;

        start(world);
        /* Within one process the locks of files do not part them: a child asks. */
        pid_t pid = fork();
        if (pid == 0)
                _exit(state_new(world->event, world->folder, &second) == -EBUSY ? 0 : 1);
        int status = -1;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

/* ---- what only an administrator mends ---- */

static void another_key_is_refused_and_nothing_set_aside(void **state)
{
        struct world *world = *state;

        start(world);
        put(world, "alice");
        stop(world);
        copy(world, "store.key", "kept");
        const struct own_file other = {"store.key",
                                       "00112233445566778899aabbccddeeff"
                                       "00112233445566778899aabbccddeeff\n",
                                       0600};
        assert_true(own_file_write(world->folder, &other));
        assert_refused(world, -EUCLEAN);
        assert_int_equal(unlink(path_of(world, "store.key")), 0);
        assert_refused(world, -EUCLEAN);
        assert_false(is_there(world, "store.key"));
        copy(world, "kept", "store.key");
        start(world);
        assert_true(knows(world, "alice"));
        assert_null(state_objection(world->state));
}

static void a_folder_of_others_is_refused(void **state)
{
        struct world *world = *state;

        assert_int_equal(chmod(world->folder, 0775), 0);
        assert_refused(world, -EUCLEAN);
        assert_int_equal(chmod(world->folder, 0755), 0);
        if (geteuid() == 0) {
                assert_int_equal(chown(world->folder, 65534, 65534), 0);
                assert_refused(world, -EUCLEAN);
                assert_int_equal(chown(world->folder, 0, 0), 0);
        }
        start(world);
        stop(world);
        strcat(world->folder, "/");
        world->folder[strlen(world->folder) - 2] = '-';
        assert_refused(world, -EUCLEAN);
}

/* ---- objections ---- */

static void accept(struct world *world)
{
        struct store_told told = {.result = 1};

        assert_int_equal(state_care_accept(world->state, store_on_told, &told, NULL), 0);
        assert_non_null(state_objection(world->state)); /* until it is on the disk */
        wait_until_written(world);
        assert_int_equal(told.result, 0);
        assert_null(state_objection(world->state));
        restart(world);
        assert_null(state_objection(world->state));
}

static void a_damaged_store_lets_nobody_in_until_it_is_accepted(void **state)
{
        struct world *world = *state;

        start(world);
        put(world, "alice");
        stop(world);
        damage(world);
        for (int i = 0; i < 2; i++) {
                start(world);
                assert_non_null(state_objection(world->state));
                assert_non_null(
                        strstr(state_care_report(world->state).objection, "store.damaged-"));
                assert_true(is_there(world, "store.damaged-*Z"));
                assert_false(knows(world, "alice"));
                stop(world);
        }
        start(world);
        accept(world);
}

/* Of this run's start, and of the last one's end. */
static void an_older_store_lets_nobody_in_until_it_is_accepted(void **state)
{
        struct world *world = *state;

        start(world);
        put(world, "alice");
        stop(world);
        copy(world, "store", "backup");
        start(world);
        put(world, "bob");
        stop(world);
        copy(world, "backup", "store");
        for (int i = 0; i < 2; i++) {
                start(world);
                assert_non_null(state_objection(world->state));
                assert_true(knows(world, "alice"));
                assert_false(knows(world, "bob"));
                stop(world);
        }
        start(world);
        accept(world);
        assert_true(knows(world, "alice"));
}

/* The number does not go back with what was accepted. */
static void an_older_store_makes_no_other_one_young(void **state)
{
        struct world *world = *state;

        start(world);
        stop(world);
        copy(world, "store", "oldest");
        for (int i = 0; i < 8; i++) {
                start(world);
                stop(world);
        }
        copy(world, "store", "older");
        copy(world, "oldest", "store");
        start(world);
        accept(world);
        stop(world);
        copy(world, "older", "store");
        start(world);
        assert_non_null(state_objection(world->state));
}

static void a_store_that_is_gone_lets_nobody_in(void **state)
{
        struct world *world = *state;

        start(world);
        stop(world);
        assert_int_equal(unlink(path_of(world, "store")), 0);
        start(world);
        assert_non_null(state_objection(world->state));
        accept(world);
}

static void without_its_counter_a_store_lets_nobody_in(void **state)
{
        struct world *world = *state;
        const struct own_file none = {"store.count", "many\n", 0600};

        start(world);
        stop(world);
        assert_int_equal(unlink(path_of(world, "store.count")), 0);
        start(world);
        assert_non_null(state_objection(world->state));
        accept(world);
        stop(world);
        assert_true(own_file_write(world->folder, &none));
        start(world);
        assert_non_null(state_objection(world->state));
        accept(world);
}

static void an_objection_that_cannot_be_read_is_one(void **state)
{
        struct world *world = *state;

        assert_int_equal(mkdir(path_of(world, "store.objection"), 0700), 0);
        start(world);
        assert_non_null(state_objection(world->state));
        struct store_told told = {.result = 1};
        assert_int_equal(state_care_accept(world->state, store_on_told, &told, NULL), 0);
        wait_until_written(world);
        assert_true(told.result < 0);
        assert_non_null(state_objection(world->state));
}

/* ---- keys ---- */

static void a_new_key_seals_every_row(void **state)
{
        struct world *world = *state;
        struct store_told told = {.result = 1};

        start(world);
        put(world, "alice");
        copy(world, "store.key", "old");
        assert_int_equal(state_care_rekey(world->state, store_on_told, &told, NULL), 0);
        put(world, "bob"); /* behind it, and with the new key */
        assert_int_equal(told.result, 0);
        assert_int_equal(keys_in_file(world), 1);
        restart(world);
        assert_true(knows(world, "alice") && knows(world, "bob"));
        stop(world);
        copy(world, "old", "store.key");
        assert_refused(world, -EUCLEAN);
}

/* As when the power went between the new key and the rows. */
static void a_change_of_keys_that_was_cut_off_is_finished(void **state)
{
        struct world *world = *state;
        char both[256];
        _cleanup_secret_ struct secret *old = NULL;
        const char *why;

        start(world);
        put(world, "alice");
        stop(world);
        assert_int_equal(secret_file_read(path_of(world, "store.key"), 4096, &old, &why), 0);
        snprintf(both, sizeof(both), "%s\n%s\n",
                 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                 secret_bytes(old));
        const struct own_file file = {"store.key", both, 0600};
        assert_true(own_file_write(world->folder, &file));
        start(world);
        wait_until_written(world);
        assert_int_equal(keys_in_file(world), 1);
        restart(world);
        assert_true(knows(world, "alice"));
        assert_null(state_objection(world->state));
}

static void a_credential_is_not_changed(void **state)
{
        struct world *world = *state;
        const struct own_file key = {"badged.key",
                                     "00112233445566778899aabbccddeeff"
                                     "00112233445566778899aabbccddeeff\n",
                                     0600};

        assert_true(own_file_write(world->folder, &key));
        assert_int_equal(setenv("CREDENTIALS_DIRECTORY", world->folder, 1), 0);
        start(world);
        put(world, "alice");
        assert_false(is_there(world, "store.key"));
        assert_true(state_care_report(world->state).has_credential);
        assert_int_equal(state_care_rekey(world->state, NULL, NULL, NULL), -EPERM);
        restart(world);
        assert_true(knows(world, "alice"));
        assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        const struct CMUnitTest tests[] = {
                TEST(what_is_known_stays_known),
                TEST(ids_are_random_digits),
                TEST(a_second_daemon_has_to_wait),
                TEST(another_key_is_refused_and_nothing_set_aside),
                TEST(a_folder_of_others_is_refused),
                TEST(a_damaged_store_lets_nobody_in_until_it_is_accepted),
                TEST(an_older_store_lets_nobody_in_until_it_is_accepted),
                TEST(an_older_store_makes_no_other_one_young),
                TEST(a_store_that_is_gone_lets_nobody_in),
                TEST(without_its_counter_a_store_lets_nobody_in),
                TEST(an_objection_that_cannot_be_read_is_one),
                TEST(a_new_key_seals_every_row),
                TEST(a_change_of_keys_that_was_cut_off_is_finished),
                TEST(a_credential_is_not_changed),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
