/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-person.h"

#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>
#include <time.h>
#include <unistd.h>

#include "common/bus-names.h"
#include "common/cleanup.h"

#define NAME_MAX_BYTES 256
#define CALL_USEC      (UINT64_C(30) * 1000000)

#define _cleanup_message_ _cleanup_(sd_bus_message_unrefp)

struct visitor {
        enum torture_visit visit;
        const char *ticket;
        int fd;
};

static void tell(int fd, enum torture_word word)
{
        const char byte = (char)word;

        (void)send(fd, &byte, 1, MSG_NOSIGNAL);
}

static int call(sd_bus *bus, sd_bus_message *message, sd_bus_message **ret_reply)
{
        return sd_bus_call(bus, message, CALL_USEC, NULL, ret_reply);
}

static int start_login(sd_bus *bus, const char *daemon, const char *account, const char *service,
                       sd_bus_message **ret_reply)
{
        _cleanup_message_ sd_bus_message *message = NULL;

        int r = sd_bus_message_new_method_call(bus, &message, daemon, BADGED_PATH, BADGED_INTERFACE,
                                               "StartLogin");
        if (r >= 0)
                r = sd_bus_message_append(message, "ssa{sv}", account, service, 6, "remote_host",
                                          "s", "192.0.2.7", "qr", "s", "utf8", "columns", "u", 80,
                                          "prior_factors", "as", 1, "publickey", "login_session",
                                          "s", TORTURE_LOGIN_SESSION, "of_a_later_version", "s",
                                          "x");
        return r < 0 ? r : call(bus, message, ret_reply);
}

static int open_session(sd_bus *bus, const char *daemon, const char *login, bool may_stay)
{
        _cleanup_message_ sd_bus_message *opened = NULL;
        const char *id = NULL;

        int r = sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_INTERFACE, "OpenSession", NULL,
                                   &opened, "soa{sv}", "alice", login, 0);
        if (r >= 0)
                r = sd_bus_message_read(opened, "s", &id);
        if (r < 0 || may_stay)
                return r;
        return sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_INTERFACE, "CloseSession", NULL,
                                  NULL, "s", id);
}

/* Whose login it was has to stand in it, if a provider had a say. */
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

static const char *service_of(enum torture_visit visit)
{
        switch (visit) {
        case VISIT_LOGIN:
        case VISIT_TICKET:
        case VISIT_ADMIN:
                return "sshd";
        case VISIT_CODE:
                return "login";
        case VISIT_AGAIN:
                return "sudo";
        }
        return "sshd";
}

/* What is typed; NULL: nothing. */
static const char *secret_of(enum torture_visit visit, const char *ticket, char code[static 7])
{
        uint64_t step = (uint64_t)time(NULL) / 30;

        if (visit == VISIT_TICKET)
                return ticket;
        if (visit != VISIT_CODE ||
            oath_hotp_generate(TORTURE_SHARED_SECRET, strlen(TORTURE_SHARED_SECRET), step, 6, false,
                               OATH_HOTP_DYNAMIC_TRUNCATION, code) != OATH_OK)
                return NULL;
        return code;
}

static int present(sd_bus *bus, const char *daemon, const char *login, const char *secret)
{
        if (!secret)
                return 0;
        return sd_bus_call_method(bus, daemon, login, BADGED_LOGIN_INTERFACE, "Present", NULL, NULL,
                                  "s", secret);
}

static enum torture_word after_verdict(sd_bus *bus, const char *daemon, enum torture_visit visit,
                                       const char *login, sd_bus_message *verdict)
{
        const char *outcome, *reason;

        if (sd_bus_message_read(verdict, "ss", &outcome, &reason) < 0)
                return WORD_ERROR;
        if (strcmp(outcome, "granted") != 0) /* then the session has to be refused, too */
                return open_session(bus, daemon, login, true) >= 0 ? WORD_OPEN
                       : strcmp(outcome, "refused") == 0           ? WORD_REFUSED
                                                                   : WORD_ERROR;
        bool is_whole = visit == VISIT_TICKET || visit == VISIT_AGAIN || has_subject(verdict);
        return is_whole && open_session(bus, daemon, login, visit != VISIT_AGAIN) >= 0
                       ? WORD_GRANTED
                       : WORD_BARE;
}

static enum torture_word log_in(sd_bus *bus, const char *daemon, const struct visitor *visitor)
{
        _cleanup_message_ sd_bus_message *challenge = NULL, *verdict = NULL;
        const char *login;
        char code[7];

        if (start_login(bus, daemon, "alice", service_of(visitor->visit), &challenge) < 0 ||
            sd_bus_message_read(challenge, "o", &login) < 0 ||
            present(bus, daemon, login, secret_of(visitor->visit, visitor->ticket, code)) < 0)
                return WORD_ERROR;
        tell(visitor->fd, WORD_WAITS);
        int r = sd_bus_call_method(bus, daemon, login, BADGED_LOGIN_INTERFACE, "Wait", NULL,
                                   &verdict, NULL);
        return r < 0 ? WORD_ERROR : after_verdict(bus, daemon, visitor->visit, login, verdict);
}

/* ---- badgectl ---- */

struct admin_call {
        const char *member;
        const char *words[3]; /* strings, as many as there are */
        bool is_of_everybody; /* not of the Admin interface */
};

static const struct admin_call admin_calls[] = {
        {"GetStatus", {NULL}, false},      {"CheckProvider", {"corp"}, false},
        {"GetStore", {NULL}, false},       {"ListAccounts", {NULL}, false},
        {"GetAccount", {"alice"}, false},  {"ListIdentities", {"alice"}, false},
        {"AcceptIdentity", {"i2"}, false}, {"UnlinkIdentity", {"i2"}, false},
        {"ListTickets", {"alice"}, false}, {"RevokeTicket", {"t1"}, false},
        {"ListFactors", {"alice"}, false}, {"RemoveFactor", {"f1"}, false},
        {"ListThrottles", {NULL}, false},  {"ClearThrottle", {"h1"}, false},
        {"ListSessions", {""}, false},     {"ListOwnSessions", {NULL}, true},
        {"GetSession", {"s1"}, true},      {"EndSession", {"s1"}, false},
        {"EndSessions", {"alice"}, false}, {"LockAccount", {"alice", "lost the phone"}, false},
};

static int ask(sd_bus *bus, const char *daemon, const struct admin_call *asked)
{
        const char *interface = asked->is_of_everybody ? BADGED_INTERFACE : BADGED_ADMIN_INTERFACE;
        _cleanup_message_ sd_bus_message *message = NULL;

        int r = sd_bus_message_new_method_call(bus, &message, daemon, BADGED_PATH, interface,
                                               asked->member);
        for (size_t i = 0; i < ELEMENTSOF(asked->words) && asked->words[i] && r >= 0; i++)
                r = sd_bus_message_append(message, "s", asked->words[i]);
        return r < 0 ? r : call(bus, message, NULL);
}

/* What has secrets in its answer. */
static int ask_for_secrets(sd_bus *bus, const char *daemon)
{
        int r = sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_ADMIN_INTERFACE, "CreateTicket",
                                   NULL, NULL, "sasbts", "alice", 1, "sshd", true, (uint64_t)60,
                                   "night shift");
        if (r >= 0)
                r = sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_INTERFACE, "EnrolFactor",
                                       NULL, NULL, "ossa{sv}", "/", "alice", "new phone", 0);
        return r;
}

/* The account phase, as after a public key. */
static bool is_let_through(sd_bus *bus, const char *daemon)
{
        _cleanup_message_ sd_bus_message *answer = NULL;
        const char *outcome = "";

        return sd_bus_call_method(bus, daemon, BADGED_PATH, BADGED_INTERFACE, "CheckAccount", NULL,
                                  &answer, "ssa{sv}", "alice", "sshd", 0) >= 0 &&
               sd_bus_message_read(answer, "s", &outcome) >= 0 && strcmp(outcome, "granted") == 0;
}

static enum torture_word administer(sd_bus *bus, const char *daemon)
{
        _cleanup_message_ sd_bus_message *roots = NULL, *locked = NULL;
        bool is_through = is_let_through(bus, daemon);

        if (start_login(bus, daemon, "root", "sshd", &roots) >= 0)
                return WORD_REFUSED; /* that it should have been */
        int r = ask_for_secrets(bus, daemon);
        for (size_t i = 0; i < ELEMENTSOF(admin_calls) && r >= 0; i++)
                r = ask(bus, daemon, &admin_calls[i]);
        if (r < 0)
                return WORD_ERROR;
        if (is_let_through(bus, daemon) || start_login(bus, daemon, "alice", "sshd", &locked) >= 0)
                return WORD_OPEN;
        const struct admin_call unlock = {"UnlockAccount", {"alice"}, false};
        return is_through && ask(bus, daemon, &unlock) >= 0 ? WORD_GRANTED : WORD_ERROR;
}

/* ---- the process ---- */

static enum torture_word visit_once(const struct visitor *visitor, const char *daemon)
{
        sd_bus *bus = NULL;
        enum torture_word word = WORD_ERROR;

        if (sd_bus_open_system(&bus) < 0)
                return WORD_ERROR;
        switch (visitor->visit) {
        case VISIT_LOGIN:
        case VISIT_TICKET:
        case VISIT_CODE:
        case VISIT_AGAIN:
                word = log_in(bus, daemon, visitor);
                break;
        case VISIT_ADMIN:
                word = administer(bus, daemon);
                break;
        }
        sd_bus_flush_close_unref(bus);
        return word;
}

static void be_person(const struct visitor *visitor)
{
        char daemon[NAME_MAX_BYTES] = "";

        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (recv(visitor->fd, daemon, sizeof(daemon) - 1, 0) > 0) {
                tell(visitor->fd, visit_once(visitor, daemon));
                memset(daemon, 0, sizeof(daemon));
        }
        _exit(EXIT_SUCCESS);
}

bool torture_person_start(struct torture_person *person, enum torture_visit visit,
                          const char *ticket)
{
        int fds[2];

        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
                return false;
        *person = (struct torture_person){.pid = fork(), .fd = fds[0]};
        if (person->pid == 0) {
                const struct visitor visitor = {visit, ticket, fds[1]};
                (void)close(fds[0]);
                be_person(&visitor);
        }
        (void)close(fds[1]);
        return person->pid > 0;
}

void torture_person_stop(struct torture_person *person)
{
        (void)close(person->fd);
        (void)waitpid(person->pid, NULL, 0);
}
