/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long a silent re-check takes, through real libpam and the installed pam_badge.so, beside a
 * password that pam_unix checks. Begins a login session of its own (the kernel's, as pam_loginuid
 * does it), in which the first login is to be approved by the provider itself.
 *
 *      bench-recheck ROUNDS FIRST-SERVICE SILENT-SERVICE UNIX-SERVICE ACCOUNT UID PASSWORD PID...
 *
 * Also the CPU time of each, with that of the other processes that work for it. */
#include <inttypes.h>
#include <security/pam_appl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "measure.h"

struct person {
        const char *password;
        char *const *others; /* pids; NULL ends them */
        bool was_shown;      /* something to approve */
};

static int on_messages(int n_messages, const struct pam_message **messages,
                       struct pam_response **ret_responses, void *userdata)
{
        struct person *person = userdata;
        struct pam_response *responses = calloc((size_t)n_messages, sizeof(*responses));

        if (!responses)
                return PAM_BUF_ERR;
        for (int i = 0; i < n_messages; i++) {
                if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF)
                        responses[i].resp = strdup(person->password);
                else
                        person->was_shown = true;
        }
        *ret_responses = responses;
        return PAM_SUCCESS;
}

static void check(pam_handle_t *pamh, const char *what, int result)
{
        if (result != PAM_SUCCESS)
                measure_give_up(what, pam_strerror(pamh, result));
}

static pam_handle_t *start(const char *service, const char *account, struct person *person)
{
        const struct pam_conv conversation = {.conv = on_messages, .appdata_ptr = person};
        pam_handle_t *pamh = NULL;

        check(pamh, "pam_start", pam_start(service, account, &conversation, &pamh));
        return pamh;
}

static void begin_login_session(const char *uid)
{
        FILE *file = fopen("/proc/self/loginuid", "we");

        if (!file || fputs(uid, file) < 0 || fclose(file) != 0)
                measure_give_up("/proc/self/loginuid", "it cannot be written");
}

/* Of this process and all that are named. */
static uint64_t cpu_nsec(char *const *pids)
{
        uint64_t nsec = measure_cpu_nsec();

        for (; *pids; pids++)
                nsec += measure_cpu_of_nsec((pid_t)strtoul(*pids, NULL, 10));
        return nsec;
}

static void measure_one(const char *label, const char *service, const char *account,
                        struct person *person)
{
        pam_handle_t *pamh = start(service, account, person);

        measure_settle();
        uint64_t begin_cpu = cpu_nsec(person->others);
        uint64_t begin = measure_now_nsec();
        int r = pam_authenticate(pamh, 0);
        uint64_t end = measure_now_nsec();
        check(pamh, service, r);
        if (person->was_shown)
                measure_give_up(service, "it was not silent");
        measure_print(label, end - begin);
        measure_settle(); /* what they do for it afterwards counts, too */
        (void)printf("%s-cpu %" PRIu64 "\n", label, cpu_nsec(person->others) - begin_cpu);

        /* As sudo does: what nobody opens and closes would pile up. */
        check(pamh, service, pam_open_session(pamh, 0));
        check(pamh, service, pam_close_session(pamh, 0));
        (void)pam_end(pamh, r);
}

int main(int argc, char **argv)
{
        if (argc < 8)
                measure_give_up("bench-recheck", "read its first lines for the arguments");

        struct person person = {.password = argv[7], .others = argv + 8};
        begin_login_session(argv[6]);
        pam_handle_t *pamh = start(argv[2], argv[5], &person);
        check(pamh, "the first login", pam_authenticate(pamh, 0));
        check(pamh, "the first session", pam_open_session(pamh, 0));
        person.was_shown = false;
        for (unsigned long n = strtoul(argv[1], NULL, 10); n > 0; n--) {
                measure_one("recheck", argv[3], argv[5], &person);
                measure_one("unix", argv[4], argv[5], &person);
        }
        check(pamh, "its end", pam_close_session(pamh, 0));
        (void)pam_end(pamh, PAM_SUCCESS);
        return EXIT_SUCCESS;
}
