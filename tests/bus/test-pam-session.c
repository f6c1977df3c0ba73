/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The account and session phases of the built module against a scripted daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "bus-fixture.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "pam-fixture.h"

struct case_row {
        const char *name, *user, *login; /* NULL: alice; no badge login */
        const char *word;                /* what the daemon says to CheckAccount or OpenSession */
        int code;
        bool is_unasked;
};

static const struct case_row account_cases[] = {
        {.name = "account_granted", .word = "granted", .code = PAM_SUCCESS},
        {.name = "account_refused", .word = "refused", .code = PAM_PERM_DENIED},
        {.name = "account_denied", .word = "denied", .code = PAM_PERM_DENIED},
        {.name = "account_cancelled", .word = "cancelled", .code = PAM_PERM_DENIED},
        {.name = "account_unavailable", .word = "unavailable", .code = PAM_AUTHINFO_UNAVAIL},
        {.name = "account_unknown_word", .word = "blessed", .code = PAM_PERM_DENIED},
        {.name = "account_junk_after", .word = "junk", .code = PAM_PERM_DENIED},
        {.name = "account_daemon_dies", .word = "die", .code = PAM_AUTHINFO_UNAVAIL},
        {.name = "account_unknown_to_nss",
         .user = "mallory",
         .word = "granted",
         .code = PAM_PERM_DENIED,
         .is_unasked = true},
        {.name = "account_root_is_not_ours",
         .user = "root",
         .word = "refused",
         .code = IGNORED,
         .is_unasked = true},
        {.name = "account_system_is_not_ours",
         .user = "svc",
         .word = "refused",
         .code = IGNORED,
         .is_unasked = true},
        {.name = "account_root_by_badge_is_ours",
         .user = "root",
         .login = "BADGE_LOGIN=7",
         .word = "refused",
         .code = PAM_PERM_DENIED},
};

static const struct case_row session_cases[] = {
        {.name = "session_without_login_is_not_ours",
         .word = "5",
         .code = IGNORED,
         .is_unasked = true},
        {.name = "session_claimed", .login = "BADGE_LOGIN=7", .word = "5", .code = PAM_SUCCESS},
        {.name = "session_error",
         .login = "BADGE_LOGIN=7",
         .word = "error-" BADGED_ERROR_REFUSED,
         .code = PAM_SESSION_ERR},
        {.name = "session_hostile_id",
         .login = "BADGE_LOGIN=7",
         .word = "5\nLD_PRELOAD=x",
         .code = PAM_SESSION_ERR},
        {.name = "session_hostile_login",
         .login = "BADGE_LOGIN=../7",
         .word = "5",
         .code = PAM_SESSION_ERR,
         .is_unasked = true},
        {.name = "session_long_login",
         .login = "BADGE_LOGIN=77777777777777777777777777777777"
                  "777777777777777777777777777777777",
         .word = "5",
         .code = PAM_SESSION_ERR,
         .is_unasked = true},
        {.name = "session_daemon_dies",
         .login = "BADGE_LOGIN=7",
         .word = "die",
         .code = PAM_SESSION_ERR},
};

static struct pam_fixture pam;
static struct bus_fixture bus;

/* Also after a test that failed half-way. */
static int stop_all(void **state)
{
        pam_fixture_stop(&pam);
        bus_fixture_stop(&bus);
        return 0;
}

static void start_row(const struct case_row *row, bool is_session)
{
        const char *words[] = {"ok", "granted", is_session ? "granted" : row->word, row->word,
                               NULL};

        bus_fixture_start(&bus, words, NULL);
        pam_fixture_start(&pam, "sshd", row->user ? row->user : "alice", "", ANSWERS_ENTER);
        if (row->login)
                assert_int_equal(pam_putenv(pam.pamh, row->login), PAM_SUCCESS);
}

static void assert_asked(const char *text, bool is_asked)
{
        assert_true(is_asked ? bus_fixture_saw(&bus, text) : bus_fixture_missed(&bus, text));
}

static void run_account(void **state)
{
        const struct case_row *row = *state;

        start_row(row, false);
        assert_int_equal(pam_acct_mgmt(pam.pamh, 0), row->code);
        assert_asked("CheckAccount", !row->is_unasked);
        bool is_refusal = row->code != PAM_SUCCESS && row->code != IGNORED;
        assert_int_equal(strstr(pam.shown, "error:") != NULL, is_refusal);
}

static void run_session(void **state)
{
        const struct case_row *row = *state;

        start_row(row, true);
        assert_int_equal(pam_open_session(pam.pamh, 0), row->code);
        if (row->is_unasked)
                assert_asked("OpenSession", false);
        else
                assert_asked("OpenSession account=alice login=" BADGED_LOGIN_PATH "/7", true);
        assert_int_equal(pam_getenv(pam.pamh, "BADGE_SESSION") != NULL, row->code == PAM_SUCCESS);
        if (row->code != PAM_SUCCESS) {
                assert_int_not_equal(pam_close_session(pam.pamh, 0), PAM_SUCCESS);
                assert_true(bus_fixture_missed(&bus, "CloseSession"));
        } else {
                assert_int_equal(pam_close_session(pam.pamh, 0), PAM_SUCCESS);
                assert_true(bus_fixture_saw(&bus, "CloseSession session=5"));
        }
}

static void whole_transaction_links_login_and_session(void **state)
{
        start_row(&(struct case_row){.word = "5"}, true);
        assert_int_equal(pam_authenticate(pam.pamh, 0), PAM_SUCCESS);
        assert_int_equal(pam_acct_mgmt(pam.pamh, 0), PAM_SUCCESS);
        assert_int_equal(pam_setcred(pam.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
        assert_int_equal(pam_open_session(pam.pamh, 0), PAM_SUCCESS);
        assert_string_equal(pam_getenv(pam.pamh, "BADGE_SESSION"), "5");
        assert_int_equal(pam_close_session(pam.pamh, 0), PAM_SUCCESS);
}

/* sudo makes its target PAM_USER before it opens the session. */
static void session_is_claimed_for_the_account_that_signed_in(void **state)
{
        start_row(&(struct case_row){.word = "5"}, true);
        assert_int_equal(pam_authenticate(pam.pamh, 0), PAM_SUCCESS);
        assert_int_equal(pam_set_item(pam.pamh, PAM_USER, "root"), PAM_SUCCESS);
        assert_int_equal(pam_open_session(pam.pamh, 0), PAM_SUCCESS);
        assert_asked("OpenSession account=alice", true);
}

/* pam_env puts what it finds in the person's own file into the environment. */
static void the_environment_does_not_say_what_to_close(void **state)
{
        start_row(&(struct case_row){.login = "BADGE_LOGIN=7", .word = "5"}, true);
        assert_int_equal(pam_putenv(pam.pamh, "BADGE_SESSION=9"), PAM_SUCCESS);
        assert_int_equal(pam_close_session(pam.pamh, 0), IGNORED);
        assert_true(bus_fixture_missed(&bus, "CloseSession"));

        assert_int_equal(pam_open_session(pam.pamh, 0), PAM_SUCCESS);
        assert_int_equal(pam_putenv(pam.pamh, "BADGE_SESSION=9"), PAM_SUCCESS);
        assert_int_equal(pam_close_session(pam.pamh, 0), PAM_SUCCESS);
        assert_true(bus_fixture_saw(&bus, "CloseSession session=5"));
}

static void close_session_without_daemon_fails(void **state)
{
        start_row(&(struct case_row){.login = "BADGE_LOGIN=7", .word = "5"}, true);
        assert_int_equal(pam_open_session(pam.pamh, 0), PAM_SUCCESS);
        bus_fixture_stop(&bus);
        /* libpam goes by what open_session returned: the module's failure shows in what it says. */
        (void)pam_close_session(pam.pamh, 0);
        assert_non_null(strstr(pam.shown, "error:The system bus is not available."));
}

static void passwords_are_not_ours(void **state)
{
        start_row(&(struct case_row){.word = "5"}, true);
        assert_int_equal(pam_chauthtok(pam.pamh, 0), IGNORED);
}

static void bad_option_refuses_every_phase(void **state)
{
        pam_fixture_start(&pam, "sshd", "root", "alow_root", ANSWERS_ENTER);
        assert_int_equal(pam_acct_mgmt(pam.pamh, 0), PAM_SERVICE_ERR);
        assert_int_equal(pam_open_session(pam.pamh, 0), PAM_SERVICE_ERR);
        assert_int_equal(pam_close_session(pam.pamh, 0), PAM_SERVICE_ERR);
        assert_non_null(strstr(pam.log, "alow_root"));
}

/* ---- the login session that the module tells of ---- */

#define LOGIN_UID "/proc/self/loginuid"
#define NOBODY    "4294967295"

/* As pam_loginuid does it, which begins an audit session. False where the kernel has none, or lets
 * this program begin none. */
static bool enter_audit_session(const char *uid, char session[static 16])
{
        FILE *file = fopen(LOGIN_UID, "we");
        bool is_set = file && fputs(uid, file) >= 0;
        if (file && fclose(file) != 0)
                is_set = false;

        file = is_set ? fopen("/proc/self/sessionid", "re") : NULL;
        is_set = file && fgets(session, 16, file);
        if (file)
                (void)fclose(file);
        return is_set;
}

static int leave_audit_session(void **state)
{
        char session[16];

        (void)enter_audit_session(NOBODY, session);
        return stop_all(state);
}

/* Asks with all three calls that tell of it. */
static void ask_everything(void)
{
        start_row(&(struct case_row){.word = "5"}, true);
        assert_int_equal(pam_authenticate(pam.pamh, 0), PAM_SUCCESS);
        assert_int_equal(pam_acct_mgmt(pam.pamh, 0), PAM_SUCCESS);
        assert_int_equal(pam_open_session(pam.pamh, 0), PAM_SUCCESS);
}

static void the_accounts_audit_session_is_told(void **state)
{
        static const char *const calls[] = {"StartLogin", "CheckAccount", "OpenSession"};
        char session[16], boot[64] = "", wanted[128];

        if (!enter_audit_session("1000", session))
                skip();
        FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
        assert_true(file && fgets(boot, sizeof(boot), file));
        assert_int_equal(fclose(file), 0);
        boot[strcspn(boot, "\n")] = '\0';
        for (char *dash; (dash = strchr(boot, '-'));)
                (void)memmove(dash, dash + 1, strlen(dash));
        size_t size = (size_t)snprintf(wanted, sizeof(wanted), " login_session=%s/audit/%s", boot,
                                       session);

        ask_everything();
        for (size_t i = 0; i < ELEMENTSOF(calls); i++) {
                assert_asked(calls[i], true);
                const char *told = strstr(strstr(bus.log, calls[i]), " login_session=");
                assert_non_null(told);
                assert_memory_equal(told, wanted, size);
                assert_true(told[size] == ' ' || told[size] == '\n');
        }
}

/* sshd's file has badge first, and pam_loginuid later. */
static void a_session_that_begins_after_ours_is_told_with_the_credentials(void **state)
{
        char session[16], wanted[64];

        if (!enter_audit_session(NOBODY, session))
                skip();
        start_row(&(struct case_row){.login = "BADGE_LOGIN=7", .word = "5"}, true);
        assert_int_equal(pam_setcred(pam.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
        assert_int_equal(pam_open_session(pam.pamh, 0), PAM_SUCCESS);
        assert_int_equal(pam_setcred(pam.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
        assert_asked("BindSession", false);

        assert_true(enter_audit_session("1000", session));
        assert_int_equal(pam_setcred(pam.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS);
        assert_asked("BindSession session=5 login_session=", true);
        (void)snprintf(wanted, sizeof(wanted), "/audit/%s\n", session);
        assert_asked(wanted, true);
        assert_int_equal(pam_setcred(pam.pamh, PAM_REINITIALIZE_CRED), PAM_SUCCESS);
        assert_int_equal(pam_setcred(pam.pamh, PAM_DELETE_CRED), PAM_SUCCESS);
        assert_int_equal(pam_close_session(pam.pamh, 0), PAM_SUCCESS);
        assert_asked("CloseSession", true);
        const char *told = strstr(bus.log, "BindSession");
        assert_null(strstr(told + 1, "BindSession"));
}

/* Whoever starts a daemon from a shell takes it into the own session: those whom it lets in are not
 * of that. */
static void somebody_elses_audit_session_is_not(void **state)
{
        char session[16];

        if (!enter_audit_session("1001", session))
                skip();
        ask_everything();
        assert_asked("/audit/", false);
}

static void no_audit_session_is_not_told(void **state)
{
        char session[16];

        if (!enter_audit_session(NOBODY, session))
                skip();
        ask_everything();
        assert_asked("/audit/", false);
}

int main(void)
{
        enum {
                N_SINGLE = 10,
                N_ACCOUNT = ELEMENTSOF(account_cases)
        };
        static struct CMUnitTest tests[N_SINGLE + N_ACCOUNT + ELEMENTSOF(session_cases)] = {
                cmocka_unit_test_teardown(whole_transaction_links_login_and_session, stop_all),
                cmocka_unit_test_teardown(session_is_claimed_for_the_account_that_signed_in,
                                          stop_all),
                cmocka_unit_test_teardown(the_environment_does_not_say_what_to_close, stop_all),
                cmocka_unit_test_teardown(close_session_without_daemon_fails, stop_all),
                cmocka_unit_test_teardown(no_audit_session_is_not_told, stop_all),
                cmocka_unit_test_teardown(the_accounts_audit_session_is_told, leave_audit_session),
                cmocka_unit_test_teardown(
                        a_session_that_begins_after_ours_is_told_with_the_credentials,
                        leave_audit_session),
                cmocka_unit_test_teardown(somebody_elses_audit_session_is_not, leave_audit_session),
                cmocka_unit_test_teardown(passwords_are_not_ours, stop_all),
                cmocka_unit_test_teardown(bad_option_refuses_every_phase, stop_all),
        };

        for (size_t i = 0; i < ELEMENTSOF(tests) - N_SINGLE; i++) {
                const struct case_row *row = i < N_ACCOUNT ? &account_cases[i]
                                                           : &session_cases[i - N_ACCOUNT];
                tests[N_SINGLE + i] = (struct CMUnitTest){
                        .name = row->name,
                        .test_func = i < N_ACCOUNT ? run_account : run_session,
                        .teardown_func = stop_all,
                        .initial_state = (void *)(uintptr_t)row,
                };
        }
        return cmocka_run_group_tests(tests, NULL, NULL);
}
