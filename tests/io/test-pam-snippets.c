/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The control values of etc/pam.d/badge-*, through the real libpam: what each code that the module
 * could return does to the stack. pam_debug.so stands in for pam_badge.so (and for pam_unix.so) and
 * returns the code; no root is needed and nothing of the host's PAM is read. */
#include <security/pam_appl.h>
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

#include "common/cleanup.h"
#include "own-folder.h"

#define LINE_MAX_BYTES 1024

static const char *const services[] = {"badge-sshd", "badge-sudo", "badge-su", "badge-login"};

/* Every word that pam_debug.so knows for a code. */
static const char *const codes[] = {
        "success",
        "open_err",
        "symbol_err",
        "service_err",
        "system_err",
        "buf_err",
        "perm_denied",
        "auth_err",
        "cred_insufficient",
        "authinfo_unavail",
        "user_unknown",
        "maxtries",
        "new_authtok_reqd",
        "acct_expired",
        "session_err",
        "cred_unavail",
        "cred_expired",
        "cred_err",
        "no_module_data",
        "conv_err",
        "authtok_err",
        "authtok_recover_err",
        "authtok_lock_busy",
        "authtok_disable_aging",
        "try_again",
        "ignore",
        "abort",
        "authtok_expired",
        "module_unknown",
        "bad_item",
        "conv_again",
        "incomplete",
};

static int converse(int n, const struct pam_message **messages, struct pam_response **ret_responses,
                    void *appdata)
{
        struct pam_response *responses = calloc((size_t)n, sizeof(*responses));

        if (!responses)
                return PAM_BUF_ERR;
        *ret_responses = responses;
        return PAM_SUCCESS;
}

struct stack {
        const char *service, *code;
        const char *unix_code; /* not NULL: the lines of the weaker variant are in force instead */
};

static bool is_weaker_line(const char *line)
{
        return strncmp(line, "#a", 2) == 0 &&
               (strstr(line, "authinfo_unavail=ignore") || strstr(line, "pam_unix.so"));
}

static bool is_replaced_line(const char *line)
{
        return strstr(line, "pam_badge.so") && strncmp(line, "session", 7) != 0;
}

/* Writes the line with the stand-ins: "pam_badge.so …" becomes "pam_debug.so auth=CODE acct=CODE".
 */
static void put_line(FILE *out, const struct stack *stack, const char *line)
{
        bool is_weaker = is_weaker_line(line);
        const char *module = strstr(line, "pam_badge.so"), *code = stack->code;

        if (line[0] == '#' && !(is_weaker && stack->unix_code))
                return;
        if (line[0] != '#' && stack->unix_code && is_replaced_line(line))
                return;
        if (!module && (module = strstr(line, "pam_unix.so")))
                code = stack->unix_code;
        line += is_weaker;
        if (module)
                fprintf(out, "%.*spam_debug.so auth=%s acct=%s open_session=%s\n",
                        (int)(module - line), line, code, code, code);
        else
                fputs(line, out);
}

static void write_stack(const char *folder, const struct stack *stack)
{
        char path[512], line[LINE_MAX_BYTES];

        snprintf(path, sizeof(path), "%s/%s", SNIPPETS_FOLDER, stack->service);
        FILE *in = fopen(path, "r");
        assert_non_null(in);
        snprintf(path, sizeof(path), "%s/%s", folder, stack->service);
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        while (fgets(line, sizeof(line), in))
                put_line(out, stack, line);
        /* What stands behind the snippet in the service's own file. */
        fputs("account required pam_permit.so\nsession required pam_permit.so\n", out);
        fclose(in);
        assert_int_equal(fclose(out), 0);
}

struct answers {
        int authenticate, setcred, account, session;
};

static struct answers run(const struct stack *stack)
{
        const struct pam_conv conversation = {converse, NULL};
        char folder[] = "/tmp/badge-pam-XXXXXX";
        struct answers answers;
        pam_handle_t *pamh = NULL;

        assert_non_null(own_folder_make(folder));
        write_stack(folder, stack);
        assert_int_equal(pam_start_confdir(stack->service, "alice", &conversation, folder, &pamh),
                         PAM_SUCCESS);
        answers.authenticate = pam_authenticate(pamh, 0);
        answers.setcred = pam_setcred(pamh, PAM_ESTABLISH_CRED);
        answers.account = pam_acct_mgmt(pamh, 0);
        answers.session = pam_open_session(pamh, 0);
        pam_end(pamh, 0);
        own_folder_remove(folder);
        return answers;
}

static void expect(const struct stack *stack, const char *phase, int answer, bool opens)
{
        if ((answer == PAM_SUCCESS) != opens)
                fail_msg("%s: the module's %s made the %s phase end with %d", stack->service,
                         stack->code, phase, answer);
}

static void only_success_authenticates(void **state)
{
        for (size_t i = 0; i < ELEMENTSOF(services); i++)
                for (size_t j = 0; j < ELEMENTSOF(codes); j++) {
                        const struct stack stack = {services[i], codes[j], NULL};
                        struct answers answers = run(&stack);
                        bool is_success = strcmp(codes[j], "success") == 0;
                        expect(&stack, "auth", answers.authenticate, is_success);
                        if (is_success)
                                expect(&stack, "setcred", answers.setcred, true);
                }
}

/* sshd and sudo act on the very code: PAM_MAXTRIES and PAM_ABORT stop them from trying again. */
static void the_modules_code_reaches_the_program(void **state)
{
        static const struct {
                const char *word;
                int code;
        } seen[] = {
                {"maxtries", PAM_MAXTRIES},
                {"abort", PAM_ABORT},
                {"auth_err", PAM_AUTH_ERR},
                {"user_unknown", PAM_USER_UNKNOWN},
                {"authinfo_unavail", PAM_AUTHINFO_UNAVAIL},
        };

        for (size_t i = 0; i < ELEMENTSOF(services); i++)
                for (size_t j = 0; j < ELEMENTSOF(seen); j++) {
                        const struct stack stack = {services[i], seen[j].word, NULL};
                        struct answers answers = run(&stack);
                        assert_int_equal(answers.authenticate, seen[j].code);
                        assert_int_equal(answers.account, seen[j].code);
                }
}

static void only_success_and_ignore_pass_the_account_phase(void **state)
{
        for (size_t i = 0; i < ELEMENTSOF(services); i++)
                for (size_t j = 0; j < ELEMENTSOF(codes); j++) {
                        const struct stack stack = {services[i], codes[j], NULL};
                        struct answers answers = run(&stack);
                        expect(&stack, "account", answers.account,
                               strcmp(codes[j], "success") == 0 || strcmp(codes[j], "ignore") == 0);
                        if (strcmp(codes[j], "success") == 0)
                                expect(&stack, "session", answers.session, true);
                        if (strcmp(codes[j], "session_err") == 0)
                                expect(&stack, "session", answers.session, false);
                }
}

static void the_weaker_variant_asks_for_a_password_only_when_unavailable(void **state)
{
        for (size_t i = 0; i < ELEMENTSOF(services); i++)
                for (size_t j = 0; j < ELEMENTSOF(codes); j++) {
                        const struct stack right = {services[i], codes[j], "success"};
                        const struct stack wrong = {services[i], codes[j], "auth_err"};
                        bool is_success = strcmp(codes[j], "success") == 0,
                             is_ignored = strcmp(codes[j], "ignore") == 0,
                             is_unavailable = strcmp(codes[j], "authinfo_unavail") == 0;
                        struct answers answers = run(&right);
                        expect(&right, "auth", answers.authenticate, is_success || is_unavailable);
                        expect(&right, "account", answers.account,
                               is_success || is_unavailable || is_ignored);
                        if (answers.authenticate == PAM_SUCCESS)
                                expect(&right, "setcred", answers.setcred, true);
                        expect(&wrong, "auth", run(&wrong).authenticate, is_success);
                }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_success_authenticates),
                cmocka_unit_test(the_modules_code_reaches_the_program),
                cmocka_unit_test(only_success_and_ignore_pass_the_account_phase),
                cmocka_unit_test(the_weaker_variant_asks_for_a_password_only_when_unavailable),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
