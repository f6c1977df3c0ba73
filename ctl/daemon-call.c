/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/daemon-call.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/bus-names.h"
#include "common/cleanup.h"
#include "common/clock.h"

/* As long as systemd may take to start the daemon and the daemon to say that it is ready. */
#define FIND_TIMEOUT_USEC (22 * USEC_PER_SEC)

#define MEND_RUNNING "systemctl start badged (if it does not start: badgectl check)"
#define MEND_ROOT    "ask as root, for instance with sudo"
#define MEND_GROUP   "have the administrator put you into group badged-users, and sign in again"
#define MEND_POLICY \
        "install " BADGED_BUS_NAME ".conf where dbus reads its policies, and reload dbus"
#define MEND_BUS     "systemctl start dbus"
#define MEND_JOURNAL "journalctl -u badged"

static void complain(struct complaint *complaint, enum login_outcome outcome, const char *sentence,
                     const char *mend)
{
        login_verdict_set(&complaint->verdict, outcome, sentence);
        complaint->mend = mend;
        complaint->is_about_thing = false;
}

/* What is for root is nobody else's; the rest is for whoever the bus policy lets ask. */
static void complain_of_caller(struct complaint *complaint, bool for_root)
{
        if (geteuid() != 0 && for_root)
                complain(complaint, LOGIN_REFUSED, "Only root may ask for this.", MEND_ROOT);
        else if (geteuid() != 0)
                complain(complaint, LOGIN_REFUSED, "You may not ask badged.", MEND_GROUP);
        else
                complain(complaint, LOGIN_REFUSED, "The bus does not let us ask badged.",
                         MEND_POLICY);
}

/* What the daemon says of the thing that was asked for, not of itself or the bus: an error of its
 * own that stands for no outcome, or that the arguments are no good. Its sentence says it all. */
static bool is_own_answer(const char *name)
{
        if (strcmp(name, SD_BUS_ERROR_INVALID_ARGS) == 0)
                return true;
        return strncmp(name, BADGED_ERRORS, strlen(BADGED_ERRORS)) == 0 &&
               strcmp(name, BADGED_ERROR_UNAVAILABLE) != 0 &&
               login_outcome_from_bus_error(name) == LOGIN_UNAVAILABLE;
}

/* NULL: the sentence is enough. */
static const char *answer_mend(const char *name)
{
        static const struct {
                const char *name, *mend;
        } mends[] = {
                {BADGED_ERROR_NO_SUCH_ACCOUNT, "badgectl account list shows those that there are"},
                {BADGED_ERROR_NO_SUCH_IDENTITY,
                 "badgectl identity list shows those that there are"},
                {BADGED_ERROR_NO_SUCH_SESSION, "badgectl session list shows those that there are"},
                {BADGED_ERROR_NO_SUCH_TICKET, "badgectl ticket list shows those that there are"},
                {BADGED_ERROR_NO_SUCH_FACTOR, "badgectl factor list shows those that there are"},
                {BADGED_ERROR_NO_SUCH_THROTTLE,
                 "badgectl throttle list shows those that there are"},
        };

        for (size_t i = 0; i < ELEMENTSOF(mends); i++)
                if (strcmp(mends[i].name, name) == 0)
                        return mends[i].mend;
        return NULL;
}

static void complain_of_error(struct complaint *complaint, sd_bus_message *reply, bool for_root)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        bool is_refusal = !error || sd_bus_error_has_name(error, BADGED_ERROR_NOT_AUTHORIZED);
        if (is_refusal && error && for_root && geteuid() != 0) {
                /* It knows who may: root alone, or the owner too. */
                login_verdict_set_foreign(&complaint->verdict, LOGIN_REFUSED, error->message);
                complaint->mend = MEND_ROOT;
                complaint->is_about_thing = false;
                return;
        }
        if (is_refusal) {
                complain_of_caller(complaint, for_root);
                return;
        }
        bool is_answer = is_own_answer(error->name);
        login_verdict_set_foreign(&complaint->verdict,
                                  is_answer ? LOGIN_REFUSED
                                            : login_outcome_from_bus_error(error->name),
                                  error->message);
        complaint->mend = is_answer ? answer_mend(error->name) : MEND_JOURNAL;
        complaint->is_about_thing = is_answer;
}

static void complain_of_silence(struct complaint *complaint, enum peer_answer answer, bool for_root)
{
        switch (answer) {
        case PEER_ABSENT:
                complain(complaint, LOGIN_UNAVAILABLE, "badged is not running.", MEND_RUNNING);
                return;
        case PEER_FORBIDDEN:
                complain_of_caller(complaint, for_root);
                return;
        case PEER_UNREACHABLE:
                complain(complaint, LOGIN_UNAVAILABLE, "The system bus is not available.",
                         MEND_BUS);
                return;
        case PEER_LATE:
                complain(complaint, LOGIN_UNAVAILABLE, "badged did not answer in time.",
                         MEND_JOURNAL);
                return;
        case PEER_INTERRUPTED:
                complain(complaint, LOGIN_CANCELLED, NULL, NULL);
                return;
        case PEER_ANSWERED:
        case PEER_ERROR:
                break;
        }
        complain(complaint, LOGIN_REFUSED, NULL, MEND_JOURNAL);
}

void complaint_set_unreadable(struct complaint *complaint, int r)
{
        if (r == -ENOMEM)
                complain(complaint, LOGIN_UNAVAILABLE, "Memory is short.", NULL);
        else
                complain(complaint, LOGIN_UNAVAILABLE, "badged gave an answer that makes no sense.",
                         "install badged and badgectl of the same version");
}

bool daemon_find(int interrupt_fd, struct bus_peer **ret_peer, struct complaint *complaint)
{
        enum peer_answer answer = bus_peer_new(interrupt_fd, clock_now_usec() + FIND_TIMEOUT_USEC,
                                               ret_peer);

        if (answer != PEER_ANSWERED)
                complain_of_silence(complaint, answer, true);
        return answer == PEER_ANSWERED;
}

static bool call_daemon(struct bus_peer *peer, sd_bus_message *call, uint64_t timeout_usec,
                        bool for_root, sd_bus_message **ret_reply, struct complaint *complaint)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        enum peer_answer answer = bus_peer_call(peer, call, clock_now_usec() + timeout_usec,
                                                &reply);

        if (answer == PEER_ERROR)
                complain_of_error(complaint, reply, for_root);
        else if (answer != PEER_ANSWERED)
                complain_of_silence(complaint, answer, for_root);
        else
                *ret_reply = TAKE_PTR(reply);
        return answer == PEER_ANSWERED;
}

int daemon_new_admin_call(struct bus_peer *peer, const char *member, sd_bus_message **ret_call)
{
        return bus_peer_new_call(peer, BADGED_PATH, BADGED_ADMIN_INTERFACE, member, ret_call);
}

bool daemon_call_admin(struct bus_peer *peer, sd_bus_message *call, uint64_t timeout_usec,
                       sd_bus_message **ret_reply, struct complaint *complaint)
{
        return call_daemon(peer, call, timeout_usec, true, ret_reply, complaint);
}

bool daemon_ask(struct bus_peer *peer, const char *member, const char *argument,
                uint64_t timeout_usec, sd_bus_message **ret_reply, struct complaint *complaint)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        int r = daemon_new_admin_call(peer, member, &call);
        if (r >= 0 && argument)
                r = sd_bus_message_append(call, "s", argument);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        return call_daemon(peer, call, timeout_usec, true, ret_reply, complaint);
}

bool daemon_call(struct bus_peer *peer, sd_bus_message *call, uint64_t timeout_usec,
                 sd_bus_message **ret_reply, struct complaint *complaint)
{
        return call_daemon(peer, call, timeout_usec, false, ret_reply, complaint);
}
