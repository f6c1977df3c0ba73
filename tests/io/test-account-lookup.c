/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cleanup.h"
#include "io/account-lookup.h"

/* Stands in front of libc's: NSS as a host may have it. */
struct nss {
        int error;          /* what it answers */
        int interruptions;  /* EINTR that often first */
        size_t needs_bytes; /* ERANGE below that */
        bool knows;         /* alice, uid 1234 */
        bool without_shell;
        size_t largest_buffer;
};

static struct nss nss;

static int nss_answer(struct passwd *entry, char *buffer, size_t size, struct passwd **ret_found)
{
        *ret_found = NULL;
        if (size > nss.largest_buffer)
                nss.largest_buffer = size;
        if (nss.interruptions > 0) {
                nss.interruptions--;
                return EINTR;
        }
        if (size < nss.needs_bytes)
                return ERANGE;
        if (nss.error != 0 || !nss.knows)
                return nss.error;
        strcpy(buffer, "alice");
        strcpy(buffer + 6, "/bin/sh");
        *entry = (struct passwd){.pw_name = buffer,
                                 .pw_uid = 1234,
                                 .pw_gid = 100,
                                 .pw_shell = nss.without_shell ? NULL : buffer + 6};
        *ret_found = entry;
        return 0;
}

int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
               struct passwd **ret_found)
{
        assert_string_equal(name, "alice");
        return nss_answer(entry, buffer, size, ret_found);
}

int getpwuid_r(uid_t uid, struct passwd *entry, char *buffer, size_t size,
               struct passwd **ret_found)
{
        assert_int_equal(uid, 1234);
        return nss_answer(entry, buffer, size, ret_found);
}

static int start(void **state)
{
        nss = (struct nss){.knows = true};
        return 0;
}

static void assert_alice(int r, struct local_account *account)
{
        assert_int_equal(r, 1);
        assert_string_equal(account->name, "alice");
        assert_int_equal(account->uid, 1234);
        assert_int_equal(account->gid, 100);
        assert_string_equal(account->shell, "/bin/sh");
        local_account_finish(account);
        assert_null(account->name);
}

static void a_known_account_is_found_by_name_and_by_uid(void **state)
{
        struct local_account account = {};

        assert_alice(account_lookup("alice", &account), &account);
        assert_alice(account_lookup_uid(1234, &account), &account);
}

static void a_missing_shell_is_empty_text(void **state)
{
        struct local_account account = {};

        nss.without_shell = true;
        assert_int_equal(account_lookup("alice", &account), 1);
        assert_string_equal(account.shell, "");
        local_account_finish(&account);
}

static void unknown_is_zero_and_touches_nothing(void **state)
{
        static const int errors[] = {0, ENOENT, ESRCH};
        struct local_account account = {.uid = 77};

        nss.knows = false;
        for (size_t i = 0; i < ELEMENTSOF(errors); i++) {
                nss.error = errors[i];
                assert_int_equal(account_lookup("alice", &account), 0);
                assert_int_equal(account_lookup_uid(1234, &account), 0);
                assert_int_equal(account.uid, 77);
                assert_null(account.name);
        }
}

static void trouble_in_nss_is_not_unknown(void **state)
{
        static const int errors[] = {EIO, EMFILE, ENOMEM, EAGAIN};
        struct local_account account = {};

        for (size_t i = 0; i < ELEMENTSOF(errors); i++) {
                nss.error = errors[i];
                assert_int_equal(account_lookup("alice", &account), -errors[i]);
                assert_null(account.name);
        }
}

static void an_interrupted_lookup_is_repeated(void **state)
{
        struct local_account account = {};

        nss.interruptions = 3;
        assert_alice(account_lookup("alice", &account), &account);
}

static void large_entries_are_read_up_to_a_mebibyte(void **state)
{
        struct local_account account = {};

        nss.needs_bytes = 1024 * 1024;
        assert_alice(account_lookup("alice", &account), &account);
        nss.needs_bytes = SIZE_MAX;
        assert_int_equal(account_lookup("alice", &account), -ERANGE);
        assert_int_equal(nss.largest_buffer, 1024 * 1024);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(a_known_account_is_found_by_name_and_by_uid, start),
                cmocka_unit_test_setup(a_missing_shell_is_empty_text, start),
                cmocka_unit_test_setup(unknown_is_zero_and_touches_nothing, start),
                cmocka_unit_test_setup(trouble_in_nss_is_not_unknown, start),
                cmocka_unit_test_setup(an_interrupted_lookup_is_repeated, start),
                cmocka_unit_test_setup(large_entries_are_read_up_to_a_mebibyte, start),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
