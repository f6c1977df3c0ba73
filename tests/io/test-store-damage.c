/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes of the store flipped, cut and overwritten: whatever opens must say just what was written.
 */
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

#include "store-fixture.h"

#define N_SESSIONS 24

struct image {
        char path[96];
        unsigned char *bytes;
        size_t size;
};

struct tally {
        size_t refused, intact, older;
};

static void image_read(const char *path, struct image *ret_image)
{
        struct stat status;
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

        assert_true(fd >= 0);
        assert_int_equal(fstat(fd, &status), 0);
        snprintf(ret_image->path, sizeof(ret_image->path), "%s", path);
        ret_image->size = (size_t)status.st_size;
        ret_image->bytes = malloc(ret_image->size);
        assert_non_null(ret_image->bytes);
        assert_int_equal(read(fd, ret_image->bytes, ret_image->size), ret_image->size);
}

static void image_write(const struct image *image, size_t size)
{
        _cleanup_close_ int fd = open(image->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, image->bytes, size), size);
}

/* The store holds the first list.n samples in their order, and alice unless it is as good as new.
 */
static size_t count_exact(struct store *store)
{
        _cleanup_session_list_ struct session_list list = {0};
        _cleanup_account_record_ struct account_record alice = {0};
        _cleanup_identity_record_ struct identity_record identity = {0};

        assert_int_equal(store_session_list(store, NULL, &list), 0);
        for (size_t n = 0; n < list.n; n++)
                assert_true(session_is_sample(&list.records[n], n));
        if (list.n == 0)
                return 0;
        assert_int_equal(store_account_get(store, "alice", &alice), 0);
        assert_int_equal(alice.uid, 1000);
        assert_int_equal(
                store_identity_find(store, "https://sso.example.com", "248289761001", &identity),
                0);
        assert_string_equal(identity.account, "alice");
        return list.n;
}

static bool is_refusal(int r)
{
        return r == -EBADMSG || r == -EPROTONOSUPPORT || r == -ENOKEY;
}

/* Opens what there is now, and lets go of it. */
static void try_open(struct store_fixture *fixture, struct tally *tally)
{
        const char *why = NULL;

        int r = store_fixture_try(fixture, &why);
        if (r < 0) {
                if (!is_refusal(r))
                        print_error("%s: %s\n", why, strerror(-r));
                assert_true(is_refusal(r));
                assert_null(fixture->store);
                assert_non_null(why);
                tally->refused++;
                return;
        }
        if (count_exact(fixture->store) == N_SESSIONS)
                tally->intact++;
        else
                tally->older++;
        store_fixture_close(fixture);
}

static struct store_fixture *filled_store(void)
{
        struct store_fixture *fixture = store_fixture_new();

        store_fixture_open(fixture);
        store_fixture_add_person(fixture->store);
        for (size_t n = 0; n < N_SESSIONS; n++)
                assert_int_equal(session_sample_add(fixture->store, n), 0);
        return fixture;
}

static void forget_journal(struct store_fixture *fixture)
{
        char journal[96];

        snprintf(journal, sizeof(journal), "%s-wal", fixture->path);
        (void)unlink(journal);
}

static void flip_and_try(struct store_fixture *fixture, struct image *image, size_t at, int bit,
                         struct tally *tally)
{
        image->bytes[at] ^= (unsigned char)(1 << bit);
        image_write(image, image->size);
        try_open(fixture, tally);
        image->bytes[at] ^= (unsigned char)(1 << bit);
}

/* Of each page's head every third byte, of the rest every 211th, each time another bit; with
 * BADGED_LONG=1 every 37th. */
static void flipped_bits_of_the_file_give_no_wrong_row(void **state)
{
        struct store_fixture *fixture = filled_store();
        const char *is_long = getenv("BADGED_LONG");
        size_t step = is_long && strcmp(is_long, "1") == 0 ? 37 : 211;
        struct image image = {0};
        struct tally tally = {0};

        store_fixture_close(fixture);
        image_read(fixture->path, &image);
        for (size_t at = 0; at < image.size; at += at % 4096 < 60 ? 3 : step) {
                flip_and_try(fixture, &image, at, (int)(at * 7 % 8), &tally);
                forget_journal(fixture);
        }
        print_message("refused %zu, intact %zu\n", tally.refused, tally.intact);
        /* What is intact was free space; a row that is missing would be a lie. */
        assert_int_equal(tally.older, 0);
        assert_true(tally.refused > tally.intact);
        free(image.bytes);
        (void)store_fixture_free(fixture);
}

static void every_byte_of_the_first_header_may_flip(void **state)
{
        struct store_fixture *fixture = filled_store();
        struct image image = {0};
        struct tally tally = {0};

        store_fixture_close(fixture);
        image_read(fixture->path, &image);
        for (size_t bit = 0; bit < (size_t)100 * 8; bit += 3) {
                flip_and_try(fixture, &image, bit / 8, (int)(bit % 8), &tally);
                forget_journal(fixture);
        }
        assert_int_equal(tally.older, 0);
        free(image.bytes);
        (void)store_fixture_free(fixture);
}

/* A store whose last commits are in the journal yet, as after a crash. */
static void crashed_store(struct store_fixture *fixture, struct image *ret_file,
                          struct image *ret_journal)
{
        char journal[96];

        snprintf(journal, sizeof(journal), "%s-wal", fixture->path);
        image_read(fixture->path, ret_file);
        image_read(journal, ret_journal);
        store_fixture_close(fixture);
}

/* The journal's end is where its checksums end: commits behind a flip may be gone, as after a power
 * cut, but what is there is a state that there was. */
static void flipped_bits_of_the_journal_give_no_wrong_row(void **state)
{
        struct store_fixture *fixture = filled_store();
        struct image file = {0}, journal = {0};
        struct tally tally = {0};

        crashed_store(fixture, &file, &journal);
        assert_true(journal.size > 10000);
        for (size_t at = 0; at < journal.size; at += at % 4120 < 30 ? 7 : 977) {
                image_write(&file, file.size);
                flip_and_try(fixture, &journal, at, (int)(at % 8), &tally);
        }
        print_message("refused %zu, intact %zu, older %zu\n", tally.refused, tally.intact,
                      tally.older);
        assert_true(tally.older > 0);
        free(file.bytes);
        free(journal.bytes);
        (void)store_fixture_free(fixture);
}

static void a_file_that_was_cut_is_refused(void **state)
{
        struct store_fixture *fixture = filled_store();
        struct image image = {0};
        struct tally tally = {0};

        store_fixture_close(fixture);
        image_read(fixture->path, &image);
        for (size_t size = 0; size < image.size; size += size < 120 ? 3 : 2011) {
                image_write(&image, size);
                try_open(fixture, &tally);
                forget_journal(fixture);
        }
        assert_int_equal(tally.older + tally.intact, 0);
        free(image.bytes);
        (void)store_fixture_free(fixture);
}

static void a_journal_that_was_cut_gives_an_older_store(void **state)
{
        struct store_fixture *fixture = filled_store();
        struct image file = {0}, journal = {0};
        struct tally tally = {0};

        crashed_store(fixture, &file, &journal);
        for (size_t size = 0; size < journal.size; size += 3001) {
                image_write(&file, file.size);
                image_write(&journal, size);
                try_open(fixture, &tally);
        }
        assert_int_equal(tally.refused, 0);
        assert_true(tally.older > 0);
        free(file.bytes);
        free(journal.bytes);
        (void)store_fixture_free(fixture);
}

/* Pages of zeros, of ones, of another page: what a bad disk or a bad copy leaves. */
static void overwritten_pages_give_no_wrong_row(void **state)
{
        struct store_fixture *fixture = filled_store();
        struct image image = {0}, bad = {0};
        struct tally tally = {0};

        store_fixture_close(fixture);
        image_read(fixture->path, &image);
        image_read(fixture->path, &bad);
        for (size_t page = 0; page < image.size; page += 4096)
                for (int how = 0; how < 3; how++) {
                        memcpy(bad.bytes, image.bytes, image.size);
                        if (how < 2)
                                memset(bad.bytes + page, how == 0 ? 0 : 0xff, 4096);
                        else
                                memcpy(bad.bytes + page, image.bytes + (page + 8192) % image.size,
                                       4096);
                        image_write(&bad, bad.size);
                        try_open(fixture, &tally);
                        forget_journal(fixture);
                }
        print_message("refused %zu, intact %zu\n", tally.refused, tally.intact);
        assert_int_equal(tally.older, 0);
        free(image.bytes);
        free(bad.bytes);
        (void)store_fixture_free(fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(flipped_bits_of_the_file_give_no_wrong_row),
                cmocka_unit_test(every_byte_of_the_first_header_may_flip),
                cmocka_unit_test(flipped_bits_of_the_journal_give_no_wrong_row),
                cmocka_unit_test(a_file_that_was_cut_is_refused),
                cmocka_unit_test(a_journal_that_was_cut_gives_an_older_store),
                cmocka_unit_test(overwritten_pages_give_no_wrong_row),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
