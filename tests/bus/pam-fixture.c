/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "own-folder.h"

/* syslog() and getpwnam_r() of this program stand before the C library's for libpam, too. */
static struct pam_fixture *listening;

_public_ void __syslog_chk(int priority, int flag, const char *format, ...);

__attribute__((format(printf, 2, 0))) static void record(size_t used, const char *format,
                                                         va_list arguments)
{
        char *log = listening->log;

        (void)vsnprintf(log + used, sizeof(listening->log) - used, format, arguments);
        (void)strncat(log, "\n", sizeof(listening->log) - strlen(log) - 1);
}

_public_ __attribute__((format(printf, 3, 4))) void __syslog_chk(int priority, int flag,
                                                                 const char *format, ...)
{
        va_list arguments;

        if (!listening)
                return;
        va_start(arguments, format);
        record(strlen(listening->log), format, arguments);
        va_end(arguments);
}

_public_ void syslog(int priority, const char *format, ...)
{
        va_list arguments;

        if (!listening)
                return;
        va_start(arguments, format);
        record(strlen(listening->log), format, arguments);
        va_end(arguments);
}

_public_ int getpwnam_r(const char *name, struct passwd *entry, char *buffer, size_t size,
                        struct passwd **ret_entry)
{
        static const struct {
                const char *name;
                uid_t uid;
        } accounts[] = {{"alice", 1000}, {"Alice", 1000}, {"svc", 500}, {"root", 0}};

        *ret_entry = NULL;
        if (size < 64)
                return ERANGE;
        for (size_t i = 0; i < ELEMENTSOF(accounts); i++) {
                if (strcmp(accounts[i].name, name) != 0)
                        continue;
                char *copy = strcpy(buffer, name);
                *entry = (struct passwd){.pw_name = copy,
                                         .pw_passwd = copy,
                                         .pw_uid = accounts[i].uid,
                                         .pw_gid = accounts[i].uid,
                                         .pw_gecos = copy,
                                         .pw_dir = copy,
                                         .pw_shell = copy};
                *ret_entry = entry;
        }
        return 0;
}

static char *new_answer(enum answers answers)
{
        switch (answers) {
        case ANSWERS_ENTER:
                return strdup("");
        case ANSWERS_BLANKS:
                return strdup(" \t ");
        case ANSWERS_TICKET:
                return strdup(TICKET);
        case ANSWERS_PASSWORD:
                return strdup(PASSWORD);
        case ANSWERS_CODE:
        case ANSWERS_CODE_LATE:
                return strdup(ONE_TIME_CODE);
        case ANSWERS_NULL:
        case ANSWERS_FAIL:
        case ANSWERS_NO_INPUT:
                break;
        }
        return NULL;
}

static int answer_one(struct pam_fixture *fixture, const struct pam_message *message,
                      struct pam_response *response)
{
        size_t used = strlen(fixture->shown);
        bool is_hidden = message->msg_style == PAM_PROMPT_ECHO_OFF;
        bool is_prompt = is_hidden || message->msg_style == PAM_PROMPT_ECHO_ON;
        bool is_early = fixture->answers == ANSWERS_CODE_LATE && used == 0;

        (void)snprintf(fixture->shown + used, sizeof(fixture->shown) - used, "%s:%s\n",
                       is_hidden                             ? "hidden"
                       : is_prompt                           ? "prompt"
                       : message->msg_style == PAM_TEXT_INFO ? "text"
                       : message->msg_style == PAM_ERROR_MSG ? "error"
                                                             : "other",
                       message->msg);
        if (is_prompt && fixture->answers == ANSWERS_NO_INPUT)
                return PAM_CONV_ERR;
        if (is_prompt)
                response->resp = is_early ? strdup("") : new_answer(fixture->answers);
        return PAM_SUCCESS;
}

/* libsystemd keeps a pidfd of the bus from 256 on, which may land there: it neither reads nor
 * writes. */
static bool is_open_for_bytes(int fd)
{
        char path[32], target[32] = "";

        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        return readlink(path, target, sizeof(target) - 1) >= 0 &&
               strcmp(target, "anon_inode:[pidfd]") != 0;
}

static int on_messages(int n_messages, const struct pam_message **messages,
                       struct pam_response **ret_responses, void *userdata)
{
        struct pam_fixture *fixture = userdata;

        for (int fd = 0; fd <= 2; fd++)
                if (is_open_for_bytes(fd))
                        fixture->saw_stdio = true;
        if (fixture->answers == ANSWERS_FAIL)
                return PAM_CONV_ERR;
        _cleanup_free_ struct pam_response *responses = calloc((size_t)n_messages,
                                                               sizeof(*responses));
        if (!responses)
                return PAM_BUF_ERR;
        for (int i = 0; i < n_messages; i++) {
                int r = answer_one(fixture, messages[i], &responses[i]);
                if (r != PAM_SUCCESS)
                        return r;
        }
        *ret_responses = TAKE_PTR(responses);
        return PAM_SUCCESS;
}

static void service_path(const struct pam_fixture *fixture, char *path, size_t size)
{
        (void)snprintf(path, size, "%s/%s", fixture->folder, fixture->service);
}

static void write_service(const struct pam_fixture *fixture, const char *options)
{
        static const char *const rest[] = {"account", "session", "password"};
        const char *module = getenv("PAM_BADGE");
        char path[128];

        service_path(fixture, path, sizeof(path));
        FILE *file = fopen(path, "we");
        if (!file || !module)
                exit(EXIT_FAILURE);
        (void)fprintf(file, "auth required %s %s\n", module, options);
        for (size_t i = 0; i < ELEMENTSOF(rest); i++)
                (void)fprintf(file,
                              "%s [success=1 ignore=ignore default=die] %s %s\n"
                              "%s [default=die] pam_debug.so acct=cred_err open_session=cred_err "
                              "close_session=cred_err chauthtok=cred_err prechauthtok=cred_err\n"
                              "%s required pam_permit.so\n",
                              rest[i], module, options, rest[i], rest[i]);
        (void)fclose(file);
}

void pam_fixture_start(struct pam_fixture *fixture, const char *service, const char *user,
                       const char *options, enum answers answers)
{
        const struct pam_conv conversation = {.conv = on_messages, .appdata_ptr = fixture};

        *fixture = (struct pam_fixture){.answers = answers, .folder = "/tmp/badge-pam-XXXXXX"};
        (void)snprintf(fixture->service, sizeof(fixture->service), "%s", service);
        if (!own_folder_make(fixture->folder))
                exit(EXIT_FAILURE);
        write_service(fixture, options);
        listening = fixture;
        if (pam_start_confdir(service, user, &conversation, fixture->folder, &fixture->pamh) !=
            PAM_SUCCESS)
                exit(EXIT_FAILURE);
}

void pam_fixture_stop(struct pam_fixture *fixture)
{
        if (!fixture->pamh)
                return;
        (void)pam_end(fixture->pamh, PAM_SUCCESS);
        listening = NULL;
        own_folder_remove(fixture->folder);
        *fixture = (struct pam_fixture){0};
}
