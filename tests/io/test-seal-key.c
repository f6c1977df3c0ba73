/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/durable-file.h"
#include "io/seal-key.h"
#include "io/token-seal.h"

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

struct folder {
        char path[64];
        char key[96];
        char credential[96];
};

static int folder_set_up(void **state)
{
        struct folder *folder = calloc(1, sizeof(*folder));

        assert_non_null(folder);
        strcpy(folder->path, "/tmp/badged-key-XXXXXX");
        assert_non_null(mkdtemp(folder->path));
        snprintf(folder->key, sizeof(folder->key), "%s/key", folder->path);
        snprintf(folder->credential, sizeof(folder->credential), "%s/badged.key", folder->path);
        unsetenv("CREDENTIALS_DIRECTORY");
        *state = folder;
        return 0;
}

static int folder_tear_down(void **state)
{
        struct folder *folder = *state;

        (void)unlink(folder->key);
        (void)unlink(folder->credential);
        assert_int_equal(rmdir(folder->path), 0); /* nothing else was left */
        free(folder);
        return 0;
}

static void file_write(const char *path, const char *text, mode_t mode)
{
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static struct secret *load(struct folder *folder, bool may_make)
{
        struct secret *keys = NULL;
        const char *why = NULL;

        assert_int_equal(seal_key_load(folder->key, may_make, &keys, &why), 0);
        return keys;
}

static void assert_refused(struct folder *folder, int error)
{
        struct secret *keys = NULL;
        const char *why = NULL;

        assert_int_equal(seal_key_load(folder->key, true, &keys, &why), error);
        assert_null(keys);
        assert_non_null(why);
}

static void the_first_start_makes_a_key_that_stays(void **state)
{
        struct folder *folder = *state;
        _cleanup_secret_ struct secret *first = load(folder, true), *second = load(folder, true);
        struct stat status;

        assert_int_equal(secret_size(first), TOKEN_SEAL_KEY_DIGITS);
        assert_string_equal(secret_bytes(first), secret_bytes(second));
        assert_int_equal(stat(folder->key, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_lost_key_is_not_made_anew(void **state)
{
        struct folder *folder = *state;
        struct secret *keys = NULL;
        const char *why = NULL;

        assert_int_equal(seal_key_load(folder->key, false, &keys, &why), -ENOENT);
        assert_null(keys);
        assert_int_equal(access(folder->key, F_OK), -1);
}

static void a_file_that_others_may_read_is_refused(void **state)
{
        struct folder *folder = *state;

        file_write(folder->key, KEY_A "\n", 0600);
        assert_int_equal(chmod(folder->key, 0604), 0);
        assert_refused(folder, -EPERM);
        assert_int_equal(truncate(folder->key, 0), 0);
        assert_int_equal(chmod(folder->key, 0600), 0);
        assert_refused(folder, -ENODATA);
}

static void a_link_in_place_of_the_key_is_refused(void **state)
{
        struct folder *folder = *state;

        assert_int_equal(symlink("/nowhere/at/all", folder->key), 0);
        assert_refused(folder, -ELOOP);
}

static void the_credential_counts_alone(void **state)
{
        struct folder *folder = *state;

        setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
        file_write(folder->credential, KEY_A "\n", 0400);
        _cleanup_secret_ struct secret *keys = load(folder, true);
        assert_string_equal(secret_bytes(keys), KEY_A);
        assert_int_equal(access(folder->key, F_OK), -1);

        /* and when it is no good, the file does not step in */
        file_write(folder->key, KEY_A "\n", 0600);
        assert_int_equal(truncate(folder->credential, 0), 0);
        assert_refused(folder, -ENODATA);
}

static void credentials_without_a_key_leave_it_to_the_file(void **state)
{
        struct folder *folder = *state;

        setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
        _cleanup_secret_ struct secret *keys = load(folder, true);
        assert_int_equal(secret_size(keys), TOKEN_SEAL_KEY_DIGITS);
        assert_int_equal(access(folder->key, F_OK), 0);
}

static void renewing_keeps_the_old_key_until_it_is_dropped(void **state)
{
        struct folder *folder = *state;
        _cleanup_secret_ struct secret *old = load(folder, true), *both = NULL, *more = NULL;
        const char *why = NULL;

        assert_int_equal(seal_key_renew(folder->key, &both, &why), 0);
        assert_int_equal(secret_size(both), 2 * TOKEN_SEAL_KEY_DIGITS + 1);
        assert_string_equal(secret_bytes(both) + TOKEN_SEAL_KEY_DIGITS + 1, secret_bytes(old));
        assert_memory_not_equal(secret_bytes(both), secret_bytes(old), TOKEN_SEAL_KEY_DIGITS);
        assert_int_equal(seal_key_renew(folder->key, &more, &why), -EBUSY);
        assert_null(more);

        assert_int_equal(seal_key_drop_old(folder->key, &why), 0);
        assert_int_equal(seal_key_drop_old(folder->key, &why), 0);
        _cleanup_secret_ struct secret *left = load(folder, false);
        assert_int_equal(secret_size(left), TOKEN_SEAL_KEY_DIGITS);
        assert_memory_equal(secret_bytes(left), secret_bytes(both), TOKEN_SEAL_KEY_DIGITS);
}

static void a_credential_is_not_badgeds_to_renew(void **state)
{
        struct folder *folder = *state;
        struct secret *keys = NULL;
        const char *why = NULL;

        setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
        file_write(folder->credential, KEY_A "\n", 0400);
        file_write(folder->key, KEY_A "\n", 0600);
        assert_int_equal(seal_key_renew(folder->key, &keys, &why), -EPERM);
        assert_int_equal(seal_key_drop_old(folder->key, &why), -EPERM);
        assert_null(keys);
}

static void a_draft_that_a_crash_left_is_no_hindrance(void **state)
{
        struct folder *folder = *state;
        char draft[128];

        snprintf(draft, sizeof(draft), "%s.new", folder->key);
        file_write(draft, "half a k", 0600);
        _cleanup_secret_ struct secret *keys = load(folder, true);
        assert_int_equal(secret_size(keys), TOKEN_SEAL_KEY_DIGITS);
        assert_int_equal(access(draft, F_OK), -1);
}

static void a_file_that_is_there_does_not_give_way_unless_told(void **state)
{
        struct folder *folder = *state;
        _cleanup_secret_ struct secret *text = secret_new_text(KEY_A);

        file_write(folder->key, "older", 0600);
        assert_int_equal(durable_file_write(folder->key, text, false), -EEXIST);
        _cleanup_secret_ struct secret *older = load(folder, true);
        assert_string_equal(secret_bytes(older), "older");
        assert_int_equal(durable_file_write(folder->key, text, true), 0);
        _cleanup_secret_ struct secret *newer = load(folder, true);
        assert_string_equal(secret_bytes(newer), KEY_A);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_set_up, folder_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(the_first_start_makes_a_key_that_stays),
                TEST(a_lost_key_is_not_made_anew),
                TEST(a_file_that_others_may_read_is_refused),
                TEST(a_link_in_place_of_the_key_is_refused),
                TEST(the_credential_counts_alone),
                TEST(credentials_without_a_key_leave_it_to_the_file),
                TEST(renewing_keeps_the_old_key_until_it_is_dropped),
                TEST(a_credential_is_not_badgeds_to_renew),
                TEST(a_draft_that_a_crash_left_is_no_hindrance),
                TEST(a_file_that_is_there_does_not_give_way_unless_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
