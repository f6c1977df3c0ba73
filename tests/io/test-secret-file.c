/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/text.h"
#include "io/secret-file.h"
#include "own-folder.h"

#define MAX_BYTES   16
#define FOREIGN_UID 65534

struct folder {
        char path[64];
        char file[80];
};

static int folder_set_up(void **state)
{
        struct folder *folder = calloc(1, sizeof(*folder));

        assert_non_null(folder);
        strcpy(folder->path, "/tmp/badged-secret-XXXXXX");
        assert_non_null(own_folder_make(folder->path));
        snprintf(folder->file, sizeof(folder->file), "%s/file", folder->path);
        *state = folder;
        return 0;
}

static int folder_tear_down(void **state)
{
        struct folder *folder = *state;

        own_folder_remove(folder->path);
        free(folder);
        return 0;
}

static void file_write(const char *path, const char *bytes, size_t size, mode_t mode)
{
        _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, bytes, size), size);
        assert_int_equal(fchmod(fd, mode), 0);
}

static void assert_secret(struct folder *folder, const char *expected)
{
        _cleanup_secret_ struct secret *secret = NULL;
        const char *why = NULL;

        assert_int_equal(secret_file_read(folder->file, MAX_BYTES, &secret, &why), 0);
        assert_int_equal(secret_size(secret), strlen(expected));
        assert_string_equal(secret_bytes(secret), expected);
        assert_null(why);
}

static void assert_refused(struct folder *folder, int error)
{
        struct secret *secret = NULL;
        const char *why = NULL;

        assert_int_equal(secret_file_read(folder->file, MAX_BYTES, &secret, &why), error);
        assert_null(secret);
        assert_non_null(why);
        assert_true(text_is_printable(why));
}

static void assert_not_trusted(struct folder *folder, int error)
{
        char *text = NULL;
        size_t size = 77;
        const char *why = NULL;

        assert_int_equal(trusted_file_read(folder->file, MAX_BYTES, &text, &size, &why), error);
        assert_null(text);
        assert_int_equal(size, 77);
        assert_non_null(why);
}

static void one_line_feed_at_the_end_is_dropped(void **state)
{
        struct folder *folder = *state;
        static const struct {
                const char *written, *read;
        } rows[] = {
                {"secret", "secret"},           {"secret\n", "secret"}, {"secret\n\n", "secret\n"},
                {"two\nlines\n", "two\nlines"}, {" x ", " x "},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                file_write(folder->file, rows[i].written, strlen(rows[i].written), 0600);
                assert_secret(folder, rows[i].read);
        }
}

static void the_size_is_limited_without_the_line_feed(void **state)
{
        file_write(((struct folder *)*state)->file, "0123456789abcdef", 16, 0600);
        assert_secret(*state, "0123456789abcdef");
        file_write(((struct folder *)*state)->file, "0123456789abcdef\n", 17, 0600);
        assert_secret(*state, "0123456789abcdef");
        file_write(((struct folder *)*state)->file, "0123456789abcdefg", 17, 0600);
        assert_refused(*state, -EFBIG);
        file_write(((struct folder *)*state)->file, "0123456789abcdef\n\n", 18, 0600);
        assert_refused(*state, -EFBIG);
}

static void a_huge_file_is_not_read_to_its_end(void **state)
{
        file_write(((struct folder *)*state)->file, "", 0, 0600);
        assert_int_equal(truncate(((struct folder *)*state)->file, (off_t)1 << 40), 0);
        assert_refused(*state, -EFBIG);
        assert_not_trusted(*state, -EFBIG);
}

static void nothing_is_no_secret(void **state)
{
        file_write(((struct folder *)*state)->file, "", 0, 0600);
        assert_refused(*state, -ENODATA);
        file_write(((struct folder *)*state)->file, "\n", 1, 0600);
        assert_refused(*state, -ENODATA);
}

static void a_nul_byte_is_refused(void **state)
{
        file_write(((struct folder *)*state)->file, "a\0b", 3, 0600);
        assert_refused(*state, -EBADMSG);
        assert_not_trusted(*state, -EBADMSG);
}

static void modes_decide(void **state)
{
        struct folder *folder = *state;
        static const struct {
                mode_t mode;
                bool is_secret, is_trusted;
        } rows[] = {
                {0600, true, true},   {0400, true, true},   {0640, true, true},
                {0440, true, true},   {0660, false, false}, {0620, false, false},
                {0604, false, true},  {0644, false, true},  {0601, false, true},
                {0602, false, false}, {0646, false, false}, {0666, false, false},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_free_ char *text = NULL;
                size_t size;
                const char *why;

                (void)unlink(folder->file);
                file_write(folder->file, "secret", 6, rows[i].mode);
                if (rows[i].is_secret)
                        assert_secret(folder, "secret");
                else
                        assert_refused(folder, -EPERM);
                if (geteuid() != 0)
                        continue;
                if (rows[i].is_trusted)
                        assert_int_equal(
                                trusted_file_read(folder->file, MAX_BYTES, &text, &size, &why), 0);
                else
                        assert_not_trusted(folder, -EPERM);
        }
}

static void a_symbolic_link_is_no_secret(void **state)
{
        struct folder *folder = *state;
        char target[80];

        snprintf(target, sizeof(target), "%s/target", folder->path);
        file_write(target, "secret", 6, 0600);
        assert_int_equal(symlink(target, folder->file), 0);
        assert_refused(folder, -ELOOP);
        assert_int_equal(unlink(target), 0);
}

static void a_fifo_is_refused_at_once(void **state)
{
        assert_int_equal(mkfifo(((struct folder *)*state)->file, 0600), 0);
        alarm(60);
        assert_refused(*state, -EINVAL);
        assert_not_trusted(*state, -EINVAL);
        alarm(0);
}

static void a_folder_is_refused(void **state)
{
        assert_int_equal(mkdir(((struct folder *)*state)->file, 0700), 0);
        assert_refused(*state, -EINVAL);
        assert_not_trusted(*state, -EINVAL);
}

static void a_missing_file_says_so(void **state)
{
        assert_refused(*state, -ENOENT);
        assert_not_trusted(*state, -ENOENT);
}

static void the_own_user_may_own_a_secret_but_no_settings(void **state)
{
        struct folder *folder = *state;

        if (geteuid() != 0)
                skip();
        file_write(folder->file, "secret", 6, 0600);
        assert_int_equal(chown(folder->file, FOREIGN_UID, 0), 0);
        assert_refused(folder, -EPERM);
        assert_not_trusted(folder, -EPERM);

        assert_int_equal(chmod(folder->path, 0711), 0);
        assert_int_equal(seteuid(FOREIGN_UID), 0);
        assert_secret(folder, "secret");
        assert_not_trusted(folder, -EPERM);
        assert_int_equal(seteuid(0), 0);
}

static void trusted_text_keeps_every_byte(void **state)
{
        struct folder *folder = *state;
        static const char *const rows[] = {"a = b\n", "", "0123456789abcdef"};

        if (geteuid() != 0)
                skip();
        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                _cleanup_free_ char *text = NULL;
                size_t size = 77;
                const char *why = NULL;

                file_write(folder->file, rows[i], strlen(rows[i]), 0644);
                assert_int_equal(trusted_file_read(folder->file, MAX_BYTES, &text, &size, &why), 0);
                assert_int_equal(size, strlen(rows[i]));
                assert_string_equal(text, rows[i]);
        }
        file_write(folder->file, "0123456789abcdef\n", 17, 0644);
        assert_not_trusted(folder, -EFBIG);
}

static void a_trusted_file_may_be_reached_by_a_link(void **state)
{
        struct folder *folder = *state;
        _cleanup_free_ char *text = NULL;
        size_t size;
        const char *why;
        char target[80];

        if (geteuid() != 0)
                skip();
        snprintf(target, sizeof(target), "%s/target", folder->path);
        file_write(target, "a = b\n", 6, 0644);
        assert_int_equal(symlink(target, folder->file), 0);
        assert_int_equal(trusted_file_read(folder->file, MAX_BYTES, &text, &size, &why), 0);
        assert_string_equal(text, "a = b\n");
        assert_int_equal(unlink(target), 0);
}

static void credentials_come_from_their_folder(void **state)
{
        struct folder *folder = *state;
        _cleanup_secret_ struct secret *secret = NULL;
        const char *why = NULL;

        file_write(folder->file, "secret\n", 7, 0400);
        setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
        assert_int_equal(secret_credential_read("file", MAX_BYTES, &secret, &why), 0);
        assert_string_equal(secret_bytes(secret), "secret");
}

static void credential_names_and_folders_lead_nowhere_else(void **state)
{
        struct folder *folder = *state;
        struct secret *secret = NULL;
        const char *why = NULL;
        char upwards[96], upwards_at_end[96], hidden_dots[96], long_name[300] = "";
        static const char *const names[] = {"",          ".",           "..",    "../file",
                                            "a/../file", "/etc/shadow", "./file"};

        file_write(folder->file, "secret", 6, 0400);
        setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                assert_int_equal(secret_credential_read(names[i], MAX_BYTES, &secret, &why),
                                 -EINVAL);
                assert_string_equal(why, "it is not the name of a credential");
        }
        memset(long_name, 'x', sizeof(long_name) - 1);
        assert_int_equal(secret_credential_read(long_name, MAX_BYTES, &secret, &why), -EINVAL);

        snprintf(upwards, sizeof(upwards), "%s/../%s", folder->path,
                 strrchr(folder->path, '/') + 1);
        snprintf(upwards_at_end, sizeof(upwards_at_end), "%s/..", folder->file);
        const char *const folders[] = {upwards, upwards_at_end, "..", "relative", "", "/.."};
        for (size_t i = 0; i < ELEMENTSOF(folders); i++) {
                setenv("CREDENTIALS_DIRECTORY", folders[i], 1);
                why = NULL;
                assert_int_equal(secret_credential_read("file", MAX_BYTES, &secret, &why), -EINVAL);
                assert_non_null(why);
        }
        assert_null(secret);

        /* two dots that lead nowhere */
        snprintf(hidden_dots, sizeof(hidden_dots), "%s/..x/y..", folder->path);
        setenv("CREDENTIALS_DIRECTORY", hidden_dots, 1);
        assert_int_equal(secret_credential_read("file", MAX_BYTES, &secret, &why), -ENOENT);
}

static void no_credentials_at_all_is_said(void **state)
{
        struct secret *secret = NULL;
        const char *why = NULL;

        unsetenv("CREDENTIALS_DIRECTORY");
        assert_int_equal(secret_credential_read("file", MAX_BYTES, &secret, &why), -ENXIO);
        assert_non_null(why);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, folder_set_up, folder_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(one_line_feed_at_the_end_is_dropped),
                TEST(the_size_is_limited_without_the_line_feed),
                TEST(a_huge_file_is_not_read_to_its_end),
                TEST(nothing_is_no_secret),
                TEST(a_nul_byte_is_refused),
                TEST(modes_decide),
                TEST(a_symbolic_link_is_no_secret),
                TEST(a_fifo_is_refused_at_once),
                TEST(a_folder_is_refused),
                TEST(a_missing_file_says_so),
                TEST(the_own_user_may_own_a_secret_but_no_settings),
                TEST(trusted_text_keeps_every_byte),
                TEST(a_trusted_file_may_be_reached_by_a_link),
                TEST(credentials_come_from_their_folder),
                TEST(credential_names_and_folders_lead_nowhere_else),
                TEST(no_credentials_at_all_is_said),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
