/* SPDX-License-Identifier: LGPL-2.1-or-later */
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/store-factor.h"
#include "io/store-ticket.h"
#include "store-fixture.h"

#define TEXT(literal) ((char *)(uintptr_t)(literal))

static void reopen(struct store_fixture *fixture)
{
        store_fixture_close(fixture);
        store_fixture_open(fixture);
}

static void assert_refused(struct store_fixture *fixture, int error, const char *expected)
{
        const char *why = NULL;

        assert_int_equal(store_fixture_try(fixture, &why), error);
        assert_null(fixture->store);
        assert_string_equal(why, expected);
}

static void assert_sample(struct store *store, size_t n)
{
        _cleanup_session_record_ struct session_record sample = {0}, found = {0};

        session_sample(n, &sample);
        assert_int_equal(store_session_get(store, sample.id, &found), 0);
        assert_true(session_is_sample(&found, n));
}

/* ---- sessions ---- */

static void a_session_comes_back_in_all(void **state)
{
        struct store_fixture *fixture = *state;

        store_fixture_add_person(fixture->store);
        for (size_t n = 0; n < 12; n++)
                assert_int_equal(session_sample_add(fixture->store, n), 0);
        for (size_t n = 0; n < 12; n++)
                assert_sample(fixture->store, n);
        reopen(fixture);
        for (size_t n = 0; n < 12; n++)
                assert_sample(fixture->store, n);
}

static void a_session_is_added_once(void **state)
{
        struct store_fixture *fixture = *state;

        store_fixture_add_person(fixture->store);
        assert_int_equal(session_sample_add(fixture->store, 1), 0);
        assert_int_equal(session_sample_add(fixture->store, 1), -EEXIST);
        assert_sample(fixture->store, 1);
}

static void a_session_without_its_account_is_refused(void **state)
{
        struct store_fixture *fixture = *state;
        struct session_list list = {0};

        assert_int_equal(session_sample_add(fixture->store, 0), -ENOENT);
        assert_int_equal(store_session_list(fixture->store, NULL, &list), 0);
        assert_int_equal(list.n, 0);
        session_list_finish(&list);
}

static void what_a_session_must_have_is_missed(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_session_record_ struct session_record session = {0};
        static const size_t members[] = {
                offsetof(struct session_record, id),
                offsetof(struct session_record, account),
                offsetof(struct session_record, type),
                offsetof(struct session_record, service),
        };

        store_fixture_add_person(fixture->store);
        session_sample(1, &session);
        for (size_t i = 0; i < ELEMENTSOF(members); i++) {
                char **member = (char **)((char *)&session + members[i]);
                char *kept = *member;
                *member = NULL;
                assert_int_equal(store_session_add(fixture->store, &session), -EINVAL);
                *member = kept;
        }
        char *kept = session.id;
        session.id = TEXT("");
        assert_int_equal(store_session_add(fixture->store, &session), -EINVAL);
        session.id = kept;
        session.used_at_sec = UINT64_MAX;
        assert_int_equal(store_session_add(fixture->store, &session), -ERANGE);
}

static void an_update_takes_the_whole_place(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_session_record_ struct session_record session = {0}, found = {0};

        store_fixture_add_person(fixture->store);
        assert_int_equal(session_sample_add(fixture->store, 3), 0);
        assert_int_equal(session_sample_add(fixture->store, 4), 0);
        session_sample(3, &session);
        session.refresh_token = secret_free(session.refresh_token);
        session.refresh_token = secret_new_text("rotated");
        session.dpop_key = secret_free(session.dpop_key);
        free(session.terminal);
        session.terminal = NULL;
        session.refresh_in_doubt = true;
        assert_int_equal(store_session_update(fixture->store, &session), 0);
        reopen(fixture);
        assert_int_equal(store_session_get(fixture->store, session.id, &found), 0);
        assert_string_equal(secret_bytes(found.refresh_token), "rotated");
        assert_null(found.dpop_key);
        assert_null(found.terminal);
        assert_true(found.refresh_in_doubt);
        assert_string_equal(found.client_id, "linux-3");
        assert_sample(fixture->store, 4);
}

static void what_is_not_there_is_said(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_session_record_ struct session_record session = {0};
        struct session_record found = {.created_at_sec = 77};

        store_fixture_add_person(fixture->store);
        session_sample(1, &session);
        assert_int_equal(store_session_get(fixture->store, session.id, &found), -ENOENT);
        assert_int_equal(found.created_at_sec, 77);
        assert_int_equal(store_session_update(fixture->store, &session), -ENOENT);
        assert_int_equal(store_session_remove(fixture->store, session.id), -ENOENT);
}

static void lists_are_by_account_and_oldest_first(void **state)
{
        struct store_fixture *fixture = *state;
        const struct account_record bob = {.name = TEXT("bob"), .uid = 1001};
        struct session_list list = {0};

        store_fixture_add_person(fixture->store);
        assert_int_equal(store_account_add(fixture->store, &bob), 0);
        for (size_t n = 0; n < 40; n++)
                assert_int_equal(session_sample_add(fixture->store, n), 0);
        assert_int_equal(store_session_list(fixture->store, NULL, &list), 0);
        assert_int_equal(list.n, 40);
        for (size_t n = 0; n < 40; n++)
                assert_true(session_is_sample(&list.records[n], n));
        session_list_finish(&list);
        assert_int_equal(store_session_list(fixture->store, "bob", &list), 0);
        assert_int_equal(list.n, 0);
        session_list_finish(&list);
        assert_int_equal(store_session_list(fixture->store, "alice", &list), 0);
        assert_int_equal(list.n, 40);
        session_list_finish(&list);
}

static bool file_holds(const char *path, const char *text)
{
        _cleanup_free_ char *bytes = malloc((size_t)1 << 20);
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
                return false;
        ssize_t n = read(fd, bytes, (size_t)1 << 20);
        assert_true(n > 0 && n < 1 << 20);
        return memmem(bytes, (size_t)n, text, strlen(text)) != NULL;
}

static void tokens_never_stand_in_the_file(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_session_record_ struct session_record session = {0};
        char journal[96];

        store_fixture_add_person(fixture->store);
        session_sample(3, &session); /* has all of them */
        assert_int_equal(store_session_add(fixture->store, &session), 0);
        snprintf(journal, sizeof(journal), "%s-wal", fixture->path);
        assert_true(file_holds(journal, session.client_id));
        for (int i = 0; i < 2; i++) {
                const char *path = i == 0 ? journal : fixture->path;
                assert_false(file_holds(path, "refresh-3"));
                assert_false(file_holds(path, "id-3"));
                assert_false(file_holds(path, "key-3"));
                if (i == 0)
                        store_fixture_close(fixture);
        }
        assert_true(file_holds(fixture->path, session.client_id));
}

static void a_removed_session_leaves_no_bytes(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_session_record_ struct session_record session = {0};

        store_fixture_add_person(fixture->store);
        session_sample(3, &session);
        assert_int_equal(store_session_add(fixture->store, &session), 0);
        reopen(fixture);
        assert_true(file_holds(fixture->path, session.client_id));
        assert_int_equal(store_session_remove(fixture->store, session.id), 0);
        store_fixture_close(fixture);
        assert_false(file_holds(fixture->path, session.client_id));
}

/* ---- accounts and identities ---- */

static void an_account_comes_back_in_all(void **state)
{
        struct store_fixture *fixture = *state;
        const struct account_record account = {
                .name = TEXT("alice"),
                .uid = 1000,
                .is_owner = true,
                .locked_at_sec = 5,
                .locked_by = TEXT("root"),
                .lock_reason = TEXT("left"),
                .created_at_sec = 6,
                .last_login_at_sec = 7,
                .last_login_from = TEXT("192.0.2.1"),
        };
        _cleanup_account_record_ struct account_record found = {0};
        _cleanup_account_list_ struct account_list list = {0};

        assert_int_equal(store_account_add(fixture->store, &account), 0);
        assert_int_equal(store_account_add(fixture->store, &account), -EEXIST);
        reopen(fixture);
        assert_int_equal(store_account_get(fixture->store, "alice", &found), 0);
        assert_string_equal(found.name, "alice");
        assert_int_equal(found.uid, 1000);
        assert_true(found.is_owner);
        assert_int_equal(found.locked_at_sec, 5);
        assert_string_equal(found.locked_by, "root");
        assert_string_equal(found.lock_reason, "left");
        assert_int_equal(found.created_at_sec, 6);
        assert_int_equal(found.last_login_at_sec, 7);
        assert_string_equal(found.last_login_from, "192.0.2.1");
        assert_int_equal(store_account_list(fixture->store, &list), 0);
        assert_int_equal(list.n, 1);
}

static void issuer_and_subject_are_there_once(void **state)
{
        struct store_fixture *fixture = *state;
        struct identity_record identity = {
                .id = TEXT("i2"),
                .asked_account = TEXT("alice"),
                .provider = TEXT("other"),
                .issuer = TEXT("https://sso.example.com"),
                .subject = TEXT("248289761001"),
                .name = TEXT("alice"),
                .seen_name = TEXT("alicia"),
                .bound_by = TEXT("link"),
                .created_at_sec = 1,
                .last_seen_at_sec = 2,
        };
        _cleanup_identity_record_ struct identity_record found = {0};
        struct identity_record none = {0};

        store_fixture_add_person(fixture->store);
        assert_int_equal(store_identity_add(fixture->store, &identity), -EEXIST);
        identity.issuer = TEXT("https://sso.example.org");
        assert_int_equal(store_identity_add(fixture->store, &identity), 0);
        reopen(fixture);
        assert_int_equal(store_identity_find(fixture->store, "https://sso.example.org",
                                             "248289761001", &found),
                         0);
        assert_string_equal(found.id, "i2");
        assert_null(found.account);
        assert_string_equal(found.asked_account, "alice");
        assert_string_equal(found.provider, "other");
        assert_string_equal(found.name, "alice");
        assert_string_equal(found.seen_name, "alicia");
        assert_string_equal(found.bound_by, "link");
        assert_int_equal(found.created_at_sec, 1);
        assert_int_equal(found.last_seen_at_sec, 2);
        assert_int_equal(store_identity_find(fixture->store, "https://sso.example.org", "2", &none),
                         -ENOENT);
        assert_int_equal(store_identity_find(fixture->store, "https://sso.example.orG",
                                             "248289761001", &none),
                         -ENOENT);
}

static void an_account_with_sessions_stays(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_session_record_ struct session_record session = {0};
        struct identity_record none = {0};

        store_fixture_add_person(fixture->store);
        session_sample(1, &session);
        assert_int_equal(store_session_add(fixture->store, &session), 0);
        assert_int_equal(store_account_remove(fixture->store, "alice"), -ENOTEMPTY);
        assert_int_equal(store_identity_remove(fixture->store, "i1"), -ENOTEMPTY);
        assert_int_equal(store_session_remove(fixture->store, session.id), 0);
        assert_int_equal(store_account_remove(fixture->store, "alice"), 0);
        assert_int_equal(store_identity_get(fixture->store, "i1", &none), -ENOENT);
}

/* ---- tickets and factors ---- */

static void a_ticket_is_found_by_its_hash(void **state)
{
        struct store_fixture *fixture = *state;
        const struct ticket_record ticket = {
                .id = TEXT("t1"),
                .account = TEXT("alice"),
                .name = TEXT("night shift"),
                .services = TEXT("[\"sshd\"]"),
                .hash = TEXT("9f86d081"),
                .is_once = true,
                .created_by = TEXT("root"),
                .created_at_sec = 1,
                .expires_at_sec = 2,
                .revoked_at_sec = 3,
                .n_uses = 4,
                .used_at_sec = 5,
                .used_from = TEXT("192.0.2.1"),
        };
        _cleanup_ticket_record_ struct ticket_record found = {0}, again = {0};
        _cleanup_ticket_list_ struct ticket_list list = {0};
        struct ticket_record other = ticket, none = {0};

        store_fixture_add_person(fixture->store);
        assert_int_equal(store_ticket_add(fixture->store, &ticket), 0);
        other.id = TEXT("t2");
        assert_int_equal(store_ticket_add(fixture->store, &other), -EEXIST);
        reopen(fixture);
        assert_int_equal(store_ticket_find(fixture->store, "9f86d081", &found), 0);
        assert_string_equal(found.id, "t1");
        assert_string_equal(found.account, "alice");
        assert_string_equal(found.name, "night shift");
        assert_string_equal(found.services, "[\"sshd\"]");
        assert_true(found.is_once);
        assert_string_equal(found.created_by, "root");
        assert_int_equal(found.created_at_sec, 1);
        assert_int_equal(found.expires_at_sec, 2);
        assert_int_equal(found.revoked_at_sec, 3);
        assert_int_equal(found.n_uses, 4);
        assert_int_equal(found.used_at_sec, 5);
        assert_string_equal(found.used_from, "192.0.2.1");
        assert_int_equal(store_ticket_find(fixture->store, "9f86d082", &none), -ENOENT);

        found.n_uses = 5;
        assert_int_equal(store_ticket_update(fixture->store, &found), 0);
        assert_int_equal(store_ticket_get(fixture->store, "t1", &again), 0);
        assert_int_equal(again.n_uses, 5);
        assert_int_equal(store_ticket_list(fixture->store, "alice", &list), 0);
        assert_int_equal(list.n, 1);
        assert_int_equal(store_ticket_remove(fixture->store, "t1"), 0);
        assert_int_equal(store_ticket_find(fixture->store, "9f86d081", &none), -ENOENT);
}

static void a_factor_keeps_its_secret_sealed(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_secret_ struct secret *shared = secret_new("\0\1binary\n", 9);
        const struct factor_record factor = {
                .id = TEXT("f1"),
                .account = TEXT("alice"),
                .type = TEXT("totp"),
                .name = TEXT("phone"),
                .created_at_sec = 1,
                .confirmed_at_sec = 2,
                .last_step = 3,
                .n_failures = 4,
                .failed_at_sec = 6,
                .proved_at_sec = 7,
                .used_at_sec = 5,
                .used_from = TEXT("192.0.2.1"),
                .shared_secret = shared,
        };
        _cleanup_factor_record_ struct factor_record found = {0};
        _cleanup_factor_list_ struct factor_list list = {0};

        store_fixture_add_person(fixture->store);
        assert_int_equal(store_factor_add(fixture->store, &factor), 0);
        reopen(fixture);
        assert_int_equal(store_factor_get(fixture->store, "f1", &found), 0);
        assert_string_equal(found.account, "alice");
        assert_string_equal(found.type, "totp");
        assert_string_equal(found.name, "phone");
        assert_int_equal(found.created_at_sec, 1);
        assert_int_equal(found.confirmed_at_sec, 2);
        assert_int_equal(found.last_step, 3);
        assert_int_equal(found.n_failures, 4);
        assert_int_equal(found.failed_at_sec, 6);
        assert_int_equal(found.proved_at_sec, 7);
        assert_int_equal(found.used_at_sec, 5);
        assert_string_equal(found.used_from, "192.0.2.1");
        assert_int_equal(secret_size(found.shared_secret), 9);
        assert_memory_equal(secret_bytes(found.shared_secret), "\0\1binary\n", 9);
        found.last_step = 9;
        assert_int_equal(store_factor_update(fixture->store, &found), 0);
        assert_int_equal(store_factor_list(fixture->store, NULL, &list), 0);
        assert_int_equal(list.records[0].last_step, 9);
        assert_int_equal(store_account_remove(fixture->store, "alice"), 0);
        assert_int_equal(store_factor_remove(fixture->store, "f1"), -ENOENT);
}

/* ---- transactions ---- */

static void a_transaction_is_all_or_nothing(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_session_list_ struct session_list list = {0};

        store_fixture_add_person(fixture->store);
        assert_int_equal(store_begin(fixture->store), 0);
        assert_int_equal(session_sample_add(fixture->store, 1), 0);
        assert_int_equal(session_sample_add(fixture->store, 2), 0);
        store_rollback(fixture->store);
        assert_int_equal(store_begin(fixture->store), 0);
        assert_int_equal(session_sample_add(fixture->store, 3), 0);
        assert_int_equal(session_sample_add(fixture->store, 4), 0);
        assert_int_equal(store_commit(fixture->store), 0);
        assert_int_equal(store_begin(fixture->store), 0);
        assert_int_equal(store_begin(fixture->store), -EALREADY);
        assert_int_equal(session_sample_add(fixture->store, 5), 0);
        reopen(fixture); /* without a commit */
        assert_int_equal(store_session_list(fixture->store, NULL, &list), 0);
        assert_int_equal(list.n, 2);
        assert_true(session_is_sample(&list.records[0], 3));
        assert_true(session_is_sample(&list.records[1], 4));
        assert_int_equal(store_commit(fixture->store), -ECANCELED);
        store_rollback(fixture->store);
}

/* ---- keys ---- */

static void take_keys(struct store_fixture *fixture, const char *keys)
{
        store_fixture_close(fixture);
        fixture->seal = token_seal_free(fixture->seal);
        fixture->seal = store_fixture_seal(keys);
}

static void another_key_opens_nothing(void **state)
{
        struct store_fixture *fixture = *state;

        store_fixture_add_person(fixture->store);
        take_keys(fixture, STORE_OTHER_KEY);
        assert_refused(fixture, -ENOKEY, "a row of it was sealed with another key");
}

static void rows_are_sealed_anew_some_at_a_time(void **state)
{
        struct store_fixture *fixture = *state;
        size_t n = 0, rounds = 0;

        store_fixture_add_person(fixture->store);
        for (size_t i = 0; i < 10; i++)
                assert_int_equal(session_sample_add(fixture->store, i), 0);
        take_keys(fixture, STORE_OTHER_KEY "\n" STORE_KEY);
        store_fixture_open(fixture);
        do {
                assert_int_equal(store_rekey(fixture->store, 5, &n), 0);
                assert_true(n <= 5);
                rounds++;
                reopen(fixture);
        } while (n > 0);
        assert_int_equal(rounds, 4); /* 5, 5, 2 and none */
        take_keys(fixture, STORE_OTHER_KEY);
        store_fixture_open(fixture);
        for (size_t i = 0; i < 10; i++)
                assert_sample(fixture->store, i);
}

/* ---- what somebody with an editor did ---- */

static void a_row_that_was_edited_is_known(void **state)
{
        static const char *const edits[] = {
                "UPDATE account SET locked_at_sec = 0",
                "UPDATE account SET uid = 1001",
                "UPDATE account SET is_owner = 1",
                "UPDATE account SET lock_reason = NULL",
                "UPDATE account SET locked_by = lock_reason, lock_reason = NULL",
                "UPDATE identity SET subject = '2'",
                "UPDATE identity SET seen_name = 'alice'",
                "UPDATE session SET service = 'sudo' WHERE client_id = 'linux-1'",
                "UPDATE session SET expires_at_sec = expires_at_sec + 1",
                "UPDATE session SET ended_at_sec = 0",
                "UPDATE session SET acr = 'urn:mace:2' WHERE client_id = 'linux-1'",
                "UPDATE session SET acr = terminal, terminal = acr WHERE client_id = 'linux-1'",
                "UPDATE session SET used_from = NULL",
                "UPDATE session SET id = 'x' WHERE client_id = 'linux-1'",
                "UPDATE session SET proof = (SELECT proof FROM session WHERE client_id = 'linux-2')"
                "  WHERE client_id = 'linux-1'",
                "UPDATE session SET proof = x''",
                "UPDATE session SET proof = substr(proof, 1, 40)",
                "UPDATE session SET refresh_token = NULL",
                "UPDATE session SET refresh_token = id_token, id_token = refresh_token"
                "  WHERE client_id = 'linux-1'",
                "UPDATE session SET refresh_token ="
                "  (SELECT refresh_token FROM session WHERE client_id = 'linux-2')"
                "  WHERE client_id = 'linux-1'",
                "INSERT INTO account SELECT 'bob', uid, is_owner, locked_at_sec, locked_by,"
                "  lock_reason, created_at_sec, last_login_at_sec, last_login_from, proof"
                "  FROM account",
                "UPDATE session SET created_at_sec = -1",
                "UPDATE session SET refresh_in_doubt = 2",
        };
        struct store_fixture *fixture = *state;
        const struct account_record locked = {.name = TEXT("alice"),
                                              .uid = 1000,
                                              .locked_at_sec = 9,
                                              .lock_reason = TEXT("left")};
        char intact[96], copy[256];

        store_fixture_add_person(fixture->store);
        assert_int_equal(store_account_update(fixture->store, &locked), 0);
        assert_int_equal(session_sample_add(fixture->store, 1), 0);
        assert_int_equal(session_sample_add(fixture->store, 2), 0);
        store_fixture_close(fixture);
        snprintf(intact, sizeof(intact), "%s.intact", fixture->path);
        snprintf(copy, sizeof(copy), "cp %s %s", fixture->path, intact);
        assert_int_equal(system(copy), 0);
        snprintf(copy, sizeof(copy), "cp %s %s", intact, fixture->path);
        for (size_t i = 0; i < ELEMENTSOF(edits); i++) {
                store_fixture_edit(fixture, edits[i]);
                assert_refused(fixture, -EBADMSG, "a row of it is not as it was written");
                assert_int_equal(system(copy), 0);
        }
        store_fixture_open(fixture);
}

static void other_tables_are_not_badgeds(void **state)
{
        static const struct {
                const char *edit, *why;
        } rows[] = {
                {"CREATE TABLE x (y)", "its tables are not those of badged"},
                {"DROP TABLE ticket", "its tables are not those of badged"},
                {"CREATE TRIGGER t AFTER INSERT ON session BEGIN DELETE FROM account; END",
                 "its tables are not those of badged"},
                {"DROP INDEX session_account", "its tables are not those of badged"},
                {"ALTER TABLE ticket ADD COLUMN z TEXT", "its tables are not those of badged"},
                {"PRAGMA user_version = 0", "it has no tables"},
                {"PRAGMA user_version = -1", "it has no version"},
                {"PRAGMA application_id = 0", "it is not a store of badged"},
                {"PRAGMA foreign_keys = OFF; DELETE FROM account",
                 "a row of it refers to one that is not there"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++) {
                struct store_fixture *fixture = store_fixture_new();

                store_fixture_open(fixture);
                store_fixture_add_person(fixture->store);
                store_fixture_close(fixture);
                store_fixture_edit(fixture, rows[i].edit);
                assert_refused(fixture, -EBADMSG, rows[i].why);
                (void)store_fixture_free(fixture);
        }
}

static void a_newer_store_is_left_alone(void **state)
{
        struct store_fixture *fixture = *state;

        store_fixture_close(fixture);
        store_fixture_edit(fixture, "PRAGMA user_version = 1000; CREATE TABLE newer (x)");
        assert_refused(fixture, -EPROTONOSUPPORT, "a newer badged wrote it");
        store_fixture_edit(fixture, "INSERT INTO newer VALUES (1)"); /* it is all there yet */
}

/* ---- the file ---- */

static void a_second_process_is_kept_out(void **state)
{
        struct store_fixture *fixture = *state;
        int status = 0;

        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
                struct store *store = NULL;
                const char *why = NULL;
                int r = store_open(fixture->path, fixture->seal, &store, &why);
                _exit(r == -EBUSY && strcmp(why, "another process has it open") == 0 ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
}

static void the_files_are_the_own_users_alone(void **state)
{
        struct store_fixture *fixture = *state;
        static const char *const ends[] = {"", "-wal"};
        struct stat status;

        store_fixture_add_person(fixture->store);
        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                char path[96];
                snprintf(path, sizeof(path), "%s%s", fixture->path, ends[i]);
                assert_int_equal(stat(path, &status), 0);
                assert_int_equal(status.st_mode & 07777, 0600);
        }
        store_fixture_close(fixture);
        for (mode_t bit = 1; bit < 0100; bit <<= 1) {
                assert_int_equal(chmod(fixture->path, 0600 | bit), 0);
                assert_refused(fixture, -EPERM, "it is not only for the user that badged runs as");
        }
        if (geteuid() != 0)
                return;
        assert_int_equal(chmod(fixture->path, 0600), 0);
        assert_int_equal(chown(fixture->path, 65534, 0), 0);
        assert_refused(fixture, -EPERM, "it is not only for the user that badged runs as");
}

static void a_settled_store_has_an_empty_journal(void **state)
{
        struct store_fixture *fixture = *state;
        struct stat status;
        char journal[96];

        snprintf(journal, sizeof(journal), "%s-wal", fixture->path);
        store_fixture_add_person(fixture->store);
        assert_int_equal(session_sample_add(fixture->store, 1), 0);
        assert_int_equal(stat(journal, &status), 0);
        assert_true(status.st_size > 0);
        assert_int_equal(store_settle(fixture->store), 0);
        assert_int_equal(stat(journal, &status), 0);
        assert_int_equal(status.st_size, 0);
        assert_int_equal(session_sample_add(fixture->store, 2), 0);
        assert_sample(fixture->store, 1);
        assert_int_equal(store_begin(fixture->store), 0);
        assert_true(store_settle(fixture->store) < 0); /* not within a transaction */
        store_rollback(fixture->store);
}

static void what_is_no_file_is_refused(void **state)
{
        struct store_fixture *fixture = *state;

        store_fixture_close(fixture);
        assert_int_equal(unlink(fixture->path), 0);
        assert_int_equal(symlink("/dev/null", fixture->path), 0);
        assert_true(store_is_there(fixture->path));
        assert_refused(fixture, -EPERM, "it is not a regular file");
}

static void an_empty_file_is_a_damaged_one(void **state)
{
        struct store_fixture *fixture = *state;

        store_fixture_close(fixture);
        assert_int_equal(truncate(fixture->path, 0), 0);
        assert_refused(fixture, -EBADMSG, "it is not a store of badged");
}

static void a_journal_alone_is_no_new_store(void **state)
{
        struct store_fixture *fixture = *state;
        char journal[96], held[112];

        store_fixture_add_person(fixture->store);
        snprintf(journal, sizeof(journal), "%s-wal", fixture->path);
        snprintf(held, sizeof(held), "%s.held", journal);
        assert_int_equal(link(journal, held), 0);
        store_fixture_close(fixture);
        assert_int_equal(rename(held, journal), 0);
        assert_int_equal(unlink(fixture->path), 0);
        assert_true(store_is_there(fixture->path));
        assert_refused(fixture, -EBADMSG, "only its journal is there");
}

static void a_damaged_store_is_set_aside(void **state)
{
        struct store_fixture *fixture = *state;
        _cleanup_free_ char *name = NULL;
        _cleanup_session_list_ struct session_list list = {0};
        char expected[128], journal[144];
        char *again = NULL;

        store_fixture_add_person(fixture->store);
        assert_int_equal(session_sample_add(fixture->store, 1), 0);
        snprintf(journal, sizeof(journal), "%s-wal", fixture->path);
        snprintf(expected, sizeof(expected), "%s.damaged-20261122T024500Z", fixture->path);
        assert_int_equal(link(journal, expected), 0); /* keep one: closing removes it */
        store_fixture_close(fixture);
        assert_int_equal(rename(expected, journal), 0);
        assert_int_equal(truncate(fixture->path, 5000), 0);

        assert_int_equal(store_set_aside(fixture->path, 1795315500, &name), 0);
        assert_string_equal(name, expected);
        assert_int_equal(access(expected, F_OK), 0);
        snprintf(journal, sizeof(journal), "%s-wal", expected);
        assert_int_equal(access(journal, F_OK), 0);
        assert_false(store_is_there(fixture->path));

        store_fixture_open(fixture);
        assert_int_equal(store_session_list(fixture->store, NULL, &list), 0);
        assert_int_equal(list.n, 0);
        store_fixture_close(fixture);
        assert_int_equal(store_set_aside(fixture->path, 1795315500, &again), -EEXIST);
        assert_null(again);
        assert_true(store_is_there(fixture->path));
}

static void half_a_first_start_is_started_again(void **state)
{
        struct store_fixture *fixture = *state;
        char draft[96];

        store_fixture_close(fixture);
        assert_int_equal(unlink(fixture->path), 0);
        assert_false(store_is_there(fixture->path));
        static const char *const ends[] = {"", "-wal", "-journal"};
        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                snprintf(draft, sizeof(draft), "%s.new%s", fixture->path, ends[i]);
                _cleanup_close_ int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL, 0600);
                assert_int_equal(write(fd, "half", 4), 4);
        }
        store_fixture_open(fixture);
        for (size_t i = 0; i < ELEMENTSOF(ends); i++) {
                snprintf(draft, sizeof(draft), "%s.new%s", fixture->path, ends[i]);
                assert_int_equal(access(draft, F_OK), -1);
        }
}

static void a_folder_that_is_not_there_is_said(void **state)
{
        struct store_fixture *fixture = *state;
        struct store *store = NULL;
        const char *why = NULL;

        assert_int_equal(store_open("/nonexistent/store", fixture->seal, &store, &why), -ENOENT);
        assert_null(store);
        assert_non_null(why);
}

#define TEST(function) \
        cmocka_unit_test_setup_teardown(function, store_fixture_set_up, store_fixture_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_session_comes_back_in_all),
                TEST(a_session_is_added_once),
                TEST(a_session_without_its_account_is_refused),
                TEST(what_a_session_must_have_is_missed),
                TEST(an_update_takes_the_whole_place),
                TEST(what_is_not_there_is_said),
                TEST(lists_are_by_account_and_oldest_first),
                TEST(tokens_never_stand_in_the_file),
                TEST(a_removed_session_leaves_no_bytes),
                TEST(an_account_comes_back_in_all),
                TEST(issuer_and_subject_are_there_once),
                TEST(an_account_with_sessions_stays),
                TEST(a_ticket_is_found_by_its_hash),
                TEST(a_factor_keeps_its_secret_sealed),
                TEST(a_transaction_is_all_or_nothing),
                TEST(another_key_opens_nothing),
                TEST(rows_are_sealed_anew_some_at_a_time),
                TEST(a_row_that_was_edited_is_known),
                cmocka_unit_test(other_tables_are_not_badgeds),
                TEST(a_newer_store_is_left_alone),
                TEST(a_second_process_is_kept_out),
                TEST(the_files_are_the_own_users_alone),
                TEST(a_settled_store_has_an_empty_journal),
                TEST(what_is_no_file_is_refused),
                TEST(an_empty_file_is_a_damaged_one),
                TEST(a_journal_alone_is_no_new_store),
                TEST(a_damaged_store_is_set_aside),
                TEST(half_a_first_start_is_started_again),
                TEST(a_folder_that_is_not_there_is_said),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
