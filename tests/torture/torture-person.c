/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-person.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "common/bus-names.h"
#include "common/cleanup.h"

#define NAME_MAX_BYTES 256
#define CALL_USEC      (UINT64_C(30) * 1000000)

#define _cleanup_message_ _cleanup_(sd_bus_message_unrefp)

static void tell(int fd, enum torture_word word)
{
        const char byte = (char)word;

        (void)send(fd, &byte, 1, MSG_NOSIGNAL);
}

static int call(sd_bus *bus, sd_bus_message *message, sd_bus_message **ret_reply)
{
        return sd_bus_call(bus, message, CALL_USEC, NULL, ret_reply);
}

static int start_login(sd_bus *bus, const char *daemon, const char *account,
                       sd_bus_message **ret_reply)
{
        _cleanup_message_ sd_bus_message *message = NULL;

        int r = sd_bus_message_new_method_call(bus, &message, daemon, BADGED_PATH, BADGED_INTERFACE,
                                               "StartLogin");
        if (r >= 0)
                r = sd_bus_message_append(message, "ssa{sv}", account, "sshd", 5, "remote_host",
                                          "s", "192.0.2.7", "qr", "s", "utf8", "columns", "u", 80,
                                          "prior_factors", "as", 1, "publickey",
                                          "of_a_later_version", "s", "x");
        return r < 0 ? r : call(bus, message, ret_reply);
}

static int session(sd_bus *bus, const char *daemon, const char *login)
{
        _cleanup_message_ sd_bus_message *opened = NULL;
        const char *id = NULL;

        int r = sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_INTERFACE, "OpenSession", NULL,
                                   &opened, "soa{sv}", "alice", login, 0);
        if (r >= 0)
                r = sd_bus_message_read(opened, "s", &id);
        if (r < 0)
                return r;
        return sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_INTERFACE, "CloseSession", NULL,
                                  NULL, "s", id);
}

/* Whose login it was has to stand in it. */
static bool has_subject(sd_bus_message *verdict)
{
        const char *key, *subject;

        if (sd_bus_message_enter_container(verdict, 'a', "{sv}") < 0)
                return false;
        while (sd_bus_message_enter_container(verdict, 'e', "sv") > 0) {
                if (sd_bus_message_read(verdict, "s", &key) < 0)
                        return false;
                if (strcmp(key, "subject") == 0)
                        return sd_bus_message_read(verdict, "v", "s", &subject) > 0 && *subject;
                if (sd_bus_message_skip(verdict, "v") < 0 ||
                    sd_bus_message_exit_container(verdict) < 0)
                        return false;
        }
        return false;
}

static enum torture_word log_in(sd_bus *bus, const char *daemon, int fd)
{
        _cleanup_message_ sd_bus_message *challenge = NULL, *verdict = NULL;
        const char *login, *outcome, *reason;

        if (start_login(bus, daemon, "alice", &challenge) < 0 ||
            sd_bus_message_read(challenge, "o", &login) < 0)
                return WORD_ERROR;
        tell(fd, WORD_WAITS);
        int r = sd_bus_call_method(bus, daemon, login, BADGED_LOGIN_INTERFACE, "Wait", NULL,
                                   &verdict, NULL);
        if (r < 0 || sd_bus_message_read(verdict, "ss", &outcome, &reason) < 0)
                return WORD_ERROR;
        if (strcmp(outcome, "granted") != 0) /* then the session has to be refused, too */
                return session(bus, daemon, login) >= 0  ? WORD_BARE
                       : strcmp(outcome, "refused") == 0 ? WORD_REFUSED
                                                         : WORD_ERROR;
        return has_subject(verdict) && session(bus, daemon, login) >= 0 ? WORD_GRANTED : WORD_BARE;
}

static enum torture_word administer(sd_bus *bus, const char *daemon)
{
        _cleanup_message_ sd_bus_message *status = NULL, *findings = NULL, *challenge = NULL;

        if (start_login(bus, daemon, "root", &challenge) >= 0)
                return WORD_REFUSED; /* that it should have been */
        int r = sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_ADMIN_INTERFACE, "GetStatus",
                                   NULL, &status, NULL);
        if (r >= 0)
                r = sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_ADMIN_INTERFACE,
                                       "CheckProvider", NULL, &findings, "s", "corp");
        if (r >= 0)
                r = sd_bus_message_skip(status, "a{sv}");
        if (r >= 0)
                r = sd_bus_message_skip(findings, "a(sbss)");
        return r < 0 ? WORD_ERROR : WORD_GRANTED;
}

static enum torture_word visit_once(enum torture_visit visit, const char *daemon, int fd)
{
        sd_bus *bus = NULL;
        enum torture_word word = WORD_ERROR;

        if (sd_bus_open_system(&bus) < 0)
                return WORD_ERROR;
        switch (visit) {
        case VISIT_LOGIN:
                word = log_in(bus, daemon, fd);
                break;
        case VISIT_ADMIN:
                word = administer(bus, daemon);
                break;
        }
        sd_bus_flush_close_unref(bus);
        return word;
}

static void be_person(enum torture_visit visit, int fd)
{
        char daemon[NAME_MAX_BYTES] = "";

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (recv(fd, daemon, sizeof(daemon) - 1, 0) > 0) {
                tell(fd, visit_once(visit, daemon, fd));
                memset(daemon, 0, sizeof(daemon));
        }
        _exit(EXIT_SUCCESS);
}

bool torture_person_start(struct torture_person *person, enum torture_visit visit)
{
        int fds[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
                return false;
        *person = (struct torture_person){.pid = fork(), .fd = fds[0]};
        if (person->pid == 0) {
                (void)close(fds[0]);
                be_person(visit, fds[1]);
        }
        (void)close(fds[1]);
        return person->pid > 0;
}

void torture_person_stop(struct torture_person *person)
{
        (void)close(person->fd);
        (void)waitpid(person->pid, NULL, 0);
}
