/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pam_authenticate() of the built module against a scripted daemon on a private bus: for each
 * behaviour the PAM code, what the person saw, what the daemon was asked, and how long it took. */
#include <dirent.h>
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "bus-fixture.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "pam-fixture.h"

#define USEC_PER_MSEC  UINT64_C(1000)
#define BOUND_MSEC     20000 /* less than the module waits for a daemon that is silent: 22 s */
#define FIRST_SAVED_FD 100

struct case_row {
        const char *name;
        const char *service, *user, *options; /* NULL: sudo, alice, none */
        const char *start, *wait;             /* what the daemon does; NULL start: no daemon */
        int code;
        const char *shows, *hides;   /* in what the person saw */
        const char *asked, *unasked; /* in what reached the daemon */
        const char *logged;          /* in syslog; NULL: nothing may be there */
        enum answers answers;
        int flags;
        unsigned min_msec;
        const char *environment; /* an entry of the PAM environment */
        const char *activation;
        const char *answer; /* what the daemon does when something is presented; NULL: takes it */
};

#include "authenticate-cases.h"

static struct pam_fixture pam;
static struct bus_fixture bus;

/* Also after a test that failed half-way. */
static int stop_all(void **state)
{
        pam_fixture_stop(&pam);
        bus_fixture_stop(&bus);
        return 0;
}

static unsigned count_fds(void)
{
        unsigned n = 0;
        DIR *folder = opendir("/proc/self/fd");

        assert_non_null(folder);
        while (readdir(folder))
                n++;
        (void)closedir(folder);
        return n;
}

static void assert_text(const char *text, const char *part, bool is_there)
{
        if (part && (strstr(text, part) != NULL) != is_there)
                fail_msg("%s '%s' in: %s", is_there ? "no" : "unexpected", part, text);
}

/* The caller must find its signal mask as it was, and no SIGINT left for it. */
static void assert_signals_untouched(bool was_blocked)
{
        sigset_t mask, pending;

        (void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
        (void)sigpending(&pending);
        assert_int_equal(sigismember(&mask, SIGINT), was_blocked);
        assert_false(sigismember(&pending, SIGINT));
}

static void assert_time(const struct case_row *row, uint64_t took_usec)
{
        if (took_usec < row->min_msec * USEC_PER_MSEC || took_usec > BOUND_MSEC * USEC_PER_MSEC)
                fail_msg("took %u ms", (unsigned)(took_usec / USEC_PER_MSEC));
}

static void assert_user(pam_handle_t *pamh, const char *user)
{
        const void *item = NULL;

        assert_int_equal(pam_get_item(pamh, PAM_USER, &item), PAM_SUCCESS);
        assert_string_equal(item, user);
}

static void check_row(const struct case_row *row)
{
        unsigned n_fds = count_fds();

        if (row->environment)
                assert_int_equal(pam_putenv(pam.pamh, row->environment), PAM_SUCCESS);
        uint64_t start_usec = clock_now_usec();
        int code = pam_authenticate(pam.pamh, row->flags);
        assert_time(row, clock_now_usec() - start_usec);
        if (code != row->code)
                fail_msg("code %d, not %d; shown: %s", code, row->code, pam.shown);
        assert_int_equal(count_fds(), n_fds);
        assert_signals_untouched(false);
        assert_user(pam.pamh, row->user ? row->user : "alice");
        assert_text(pam.shown, row->shows, true);
        assert_text(pam.shown, row->hides, false);
        assert_text(pam.shown, "\033", false);
        assert_text(pam.log, row->logged ? row->logged : "refused", row->logged != NULL);
        if (row->asked && !bus_fixture_saw(&bus, row->asked))
                fail_msg("daemon was not asked '%s': %s", row->asked, bus.log);
        if (row->unasked && !bus_fixture_missed(&bus, row->unasked))
                fail_msg("daemon was asked '%s'", row->unasked);
        const char *id = pam_getenv(pam.pamh, "BADGE_LOGIN");
        assert_true((id && strcmp(id, "7") == 0) == (code == PAM_SUCCESS));
}

static void start_row(const struct case_row *row)
{
        const char *answer = row->answer ? row->answer : "good";
        const char *words[] = {row->start, row->wait, "granted", "5", "good", answer, NULL};

        bus_fixture_start(&bus, row->start ? words : NULL, row->activation);
        pam_fixture_start(&pam, row->service ? row->service : "sudo",
                          row->user ? row->user : "alice", row->options ? row->options : "",
                          row->answers);
        (void)pam_set_item(pam.pamh, PAM_RHOST, "192.0.2.7");
        (void)pam_set_item(pam.pamh, PAM_TTY, "/dev/pts/9");
}

static void run_row(void **state)
{
        const struct case_row *row = *state;

        start_row(row);
        check_row(row);
}

/* sudo asks again on the same handle: not without Enter from the person. */
static void refused_once_asks_before_the_next_login(void **state)
{
        const struct case_row row = {.start = "ok", .wait = "denied"};

        start_row(&row);
        assert_int_equal(pam_authenticate(pam.pamh, 0), PAM_AUTH_ERR);
        assert_text(pam.shown, "Press Enter to try again", false);
        assert_int_equal(pam_authenticate(pam.pamh, 0), PAM_AUTH_ERR);
        assert_text(pam.shown, "hidden:Press Enter to try again", true);
        assert_true(bus_fixture_missed(&bus, "never"));
        *strstr(bus.log, "StartLogin") = '-';
        assert_non_null(strstr(bus.log, "StartLogin"));
        *strstr(bus.log, "StartLogin") = '-';

        pam.answers = ANSWERS_NO_INPUT;
        assert_int_equal(pam_authenticate(pam.pamh, 0), PAM_ABORT);
        assert_true(bus_fixture_missed(&bus, "StartLogin"));
}

static void check_with_closed_stdio(const struct case_row *row)
{
        int code, open_fds = 0;

        start_row(row);
        (void)fflush(NULL);
        for (int fd = 0; fd <= 2; fd++) {
                assert_true(fcntl(fd, F_DUPFD_CLOEXEC, FIRST_SAVED_FD + fd) == FIRST_SAVED_FD + fd);
                (void)close(fd);
        }
        code = pam_authenticate(pam.pamh, 0);
        for (int fd = 0; fd <= 2; fd++) {
                open_fds += fcntl(fd, F_GETFD) >= 0;
                (void)dup2(FIRST_SAVED_FD + fd, fd);
                (void)close(FIRST_SAVED_FD + fd);
        }
        assert_int_equal(code, row->code);
        assert_int_equal(open_fds, 0);
        assert_false(pam.saw_stdio);
        assert_text(pam.shown, "WDJB-MJHT", true);
}

static void closed_standard_descriptors_do_not_matter(void **state)
{
        check_with_closed_stdio(&(struct case_row){.start = "ok", .wait = "granted"});
        (void)stop_all(state);
        check_with_closed_stdio(&(struct case_row){
                .service = "sshd", .start = "ok", .wait = "denied", .code = PAM_MAXTRIES});
}

/* sudo blocks SIGINT while its modules run, login ignores it. */
static void interrupt_counts_where_it_is_blocked_and_ignored(void **state)
{
        const struct case_row row = {.start = "ok", .wait = "interrupt"};
        sigset_t signals;

        (void)sigemptyset(&signals);
        (void)sigaddset(&signals, SIGINT);
        (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
        (void)signal(SIGINT, SIG_IGN);
        start_row(&row);
        int code = pam_authenticate(pam.pamh, 0);
        assert_signals_untouched(true);
        (void)signal(SIGINT, SIG_DFL);
        (void)pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
        assert_int_equal(code, PAM_ABORT);
}

static void window_size_is_passed_on(void **state)
{
        const struct case_row row = {.start = "ok", .wait = "granted"};
        const struct winsize size = {.ws_row = 50, .ws_col = 132};
        int master, terminal;

        start_row(&row);
        assert_int_equal(openpty(&master, &terminal, NULL, NULL, &size), 0);
        int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, FIRST_SAVED_FD);
        (void)dup2(terminal, STDIN_FILENO);
        int code = pam_authenticate(pam.pamh, 0);
        (void)dup2(saved, STDIN_FILENO);
        (void)close(saved);
        (void)close(terminal);
        (void)close(master);
        assert_int_equal(code, PAM_SUCCESS);
        assert_true(bus_fixture_saw(&bus, "columns=132 lines=50"));
}

int main(void)
{
        enum {
                N_SINGLE = 4
        };
        static struct CMUnitTest tests[ELEMENTSOF(cases) + N_SINGLE] = {
                cmocka_unit_test_teardown(refused_once_asks_before_the_next_login, stop_all),
                cmocka_unit_test_teardown(closed_standard_descriptors_do_not_matter, stop_all),
                cmocka_unit_test_teardown(interrupt_counts_where_it_is_blocked_and_ignored,
                                          stop_all),
                cmocka_unit_test_teardown(window_size_is_passed_on, stop_all),
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++)
                tests[N_SINGLE + i] = (struct CMUnitTest){
                        .name = cases[i].name,
                        .test_func = run_row,
                        .teardown_func = stop_all,
                        .initial_state = (void *)(uintptr_t)&cases[i]};
        return cmocka_run_group_tests(tests, NULL, NULL);
}
