/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/bus-peer.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "common/bus-names.h"
#include "common/clock.h"

#define DRIVER      "org.freedesktop.DBus"
#define DRIVER_PATH "/org/freedesktop/DBus"

#define ERROR_ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"

#define OWNER_MATCH                                                                   \
        "type='signal',sender='" DRIVER "',path='" DRIVER_PATH "',interface='" DRIVER \
        "',member='NameOwnerChanged',arg0='" BADGED_BUS_NAME "'"

struct bus_peer {
        sd_bus *bus;
        char *owner; /* unique name; NULL until found */
        int interrupt_fd;
        bool is_gone;
};

static bool message_is_from(sd_bus_message *message, const char *name)
{
        const char *sender = sd_bus_message_get_sender(message);

        return sender && strcmp(sender, name) == 0;
}

/* sd-bus itself would take any reply with the right serial, whoever sent it. The bus answers in the
 * place of a peer that is gone, with errors only. */
static bool message_answers(sd_bus_message *message, uint64_t cookie, const char *from)
{
        bool is_error = sd_bus_message_is_method_error(message, NULL) > 0;
        uint64_t reply_cookie;
        uint8_t type;

        if (sd_bus_message_get_type(message, &type) < 0 ||
            (type != SD_BUS_MESSAGE_METHOD_RETURN && type != SD_BUS_MESSAGE_METHOD_ERROR))
                return false;
        if (sd_bus_message_get_reply_cookie(message, &reply_cookie) < 0 || reply_cookie != cookie)
                return false;
        return message_is_from(message, from) || (is_error && message_is_from(message, DRIVER));
}

static void peer_observe(struct bus_peer *peer, sd_bus_message *message)
{
        const char *name, *old_owner, *new_owner;

        if (!peer->owner || !message_is_from(message, DRIVER) ||
            sd_bus_message_is_signal(message, DRIVER, "NameOwnerChanged") <= 0)
                return;
        if (sd_bus_message_read(message, "sss", &name, &old_owner, &new_owner) < 0)
                return;
        if (strcmp(name, BADGED_BUS_NAME) == 0 && strcmp(old_owner, peer->owner) == 0)
                peer->is_gone = true;
}

/* PEER_ANSWERED: there may be something to read. */
static enum peer_answer peer_pause(struct bus_peer *peer, bool is_busy, uint64_t deadline_usec)
{
        struct pollfd fds[] = {
                {.fd = sd_bus_get_fd(peer->bus), .events = (short)sd_bus_get_events(peer->bus)},
                {.fd = peer->interrupt_fd, .events = POLLIN},
        };
        uint64_t now_usec = clock_now_usec();

        if (fds[0].fd < 0)
                return PEER_UNREACHABLE;
        if (now_usec >= deadline_usec)
                return PEER_LATE;

        /* Replies are not registered with sd-bus, so it has no earlier deadline of its own. */
        uint64_t pause_msec = is_busy ? 0 : (deadline_usec - now_usec + 999) / 1000;
        if (poll(fds, ELEMENTSOF(fds), pause_msec > INT_MAX ? INT_MAX : (int)pause_msec) < 0)
                return errno == EINTR ? PEER_ANSWERED : PEER_UNREACHABLE;
        return fds[1].revents ? PEER_INTERRUPTED : PEER_ANSWERED;
}

static enum peer_answer peer_exchange(struct bus_peer *peer, sd_bus_message *call,
                                      uint64_t deadline_usec, sd_bus_message **ret_reply)
{
        uint64_t cookie;

        if (sd_bus_send(peer->bus, call, &cookie) < 0)
                return PEER_UNREACHABLE;
        for (;;) {
                _cleanup_message_ sd_bus_message *message = NULL;
                int r = sd_bus_process(peer->bus, &message);
                if (r < 0)
                        return PEER_UNREACHABLE;
                if (message &&
                    message_answers(message, cookie, sd_bus_message_get_destination(call))) {
                        (void)sd_bus_message_sensitive(message);
                        *ret_reply = TAKE_PTR(message);
                        return PEER_ANSWERED;
                }
                if (message)
                        peer_observe(peer, message);
                if (peer->is_gone)
                        return PEER_ABSENT;
                enum peer_answer answer = peer_pause(peer, r > 0, deadline_usec);
                if (answer != PEER_ANSWERED)
                        return answer;
        }
}

/* One call to the bus itself. Its errors here all say that the daemon is not to be had. */
static enum peer_answer peer_ask_bus(struct bus_peer *peer, uint64_t deadline_usec,
                                     sd_bus_message **ret_reply, const char *member,
                                     const char *types, ...)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;
        va_list arguments;

        if (sd_bus_message_new_method_call(peer->bus, &call, DRIVER, DRIVER_PATH, DRIVER, member) <
            0)
                return PEER_UNREACHABLE;
        va_start(arguments, types);
        int r = sd_bus_message_appendv(call, types, arguments);
        va_end(arguments);
        if (r < 0)
                return PEER_UNREACHABLE;

        enum peer_answer answer = peer_exchange(peer, call, deadline_usec, &reply);
        if (answer != PEER_ANSWERED)
                return answer;
        if (sd_bus_message_is_method_error(reply, NULL))
                return PEER_ABSENT;
        *ret_reply = TAKE_PTR(reply);
        return PEER_ANSWERED;
}

static enum peer_answer peer_find(struct bus_peer *peer, uint64_t deadline_usec)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        const char *owner;

        enum peer_answer answer = peer_ask_bus(peer, deadline_usec, &reply, "GetNameOwner", "s",
                                               BADGED_BUS_NAME);
        if (answer != PEER_ANSWERED)
                return answer;
        if (sd_bus_message_read(reply, "s", &owner) < 0 || owner[0] != ':')
                return PEER_ABSENT;
        peer->owner = strdup(owner);
        return peer->owner ? PEER_ANSWERED : PEER_UNREACHABLE;
}

/* Its answer is not waited for: the bus takes calls in turn, so that the rule stands before the
 * next one is looked at, and without it the daemon's end still fails the call that is under way. */
static enum peer_answer peer_watch_owner(struct bus_peer *peer)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        if (sd_bus_message_new_method_call(peer->bus, &call, DRIVER, DRIVER_PATH, DRIVER,
                                           "AddMatch") < 0 ||
            sd_bus_message_append(call, "s", OWNER_MATCH) < 0 ||
            sd_bus_message_set_expect_reply(call, false) < 0 ||
            sd_bus_send(peer->bus, call, NULL) < 0)
                return PEER_UNREACHABLE;
        return PEER_ANSWERED;
}

static enum peer_answer peer_connect(struct bus_peer *peer, uint64_t deadline_usec)
{
        _cleanup_message_ sd_bus_message *start = NULL;

        if (sd_bus_open_system(&peer->bus) < 0)
                return PEER_UNREACHABLE;

        /* Watch before asking, so that no change of owner can pass between the two. */
        enum peer_answer answer = peer_watch_owner(peer);
        if (answer != PEER_ANSWERED)
                return answer;
        answer = peer_find(peer, deadline_usec);
        if (answer != PEER_ABSENT)
                return answer;
        answer = peer_ask_bus(peer, deadline_usec, &start, "StartServiceByName", "su",
                              BADGED_BUS_NAME, UINT32_C(0));
        if (answer != PEER_ANSWERED)
                return answer;
        return peer_find(peer, deadline_usec);
}

enum peer_answer bus_peer_new(int interrupt_fd, uint64_t deadline_usec, struct bus_peer **ret_peer)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = calloc(1, sizeof(*peer));
        if (!peer)
                return PEER_UNREACHABLE;
        peer->interrupt_fd = interrupt_fd;

        enum peer_answer answer = peer_connect(peer, deadline_usec);
        if (answer == PEER_ANSWERED)
                *ret_peer = TAKE_PTR(peer);
        return answer;
}

struct bus_peer *bus_peer_free(struct bus_peer *peer)
{
        if (!peer)
                return NULL;
        sd_bus_close_unref(peer->bus);
        free(peer->owner);
        free(peer);
        return NULL;
}

int bus_peer_new_call(struct bus_peer *peer, const char *path, const char *interface,
                      const char *member, sd_bus_message **ret_call)
{
        _cleanup_message_ sd_bus_message *call = NULL;

        int r = sd_bus_message_new_method_call(peer->bus, &call, peer->owner, path, interface,
                                               member);
        if (r < 0)
                return r;
        r = sd_bus_message_set_auto_start(call, 0);
        if (r < 0)
                return r;
        *ret_call = TAKE_PTR(call);
        return 0;
}

enum peer_answer bus_peer_call(struct bus_peer *peer, sd_bus_message *call, uint64_t deadline_usec,
                               sd_bus_message **ret_reply)
{
        _cleanup_message_ sd_bus_message *reply = NULL;

        enum peer_answer answer = peer_exchange(peer, call, deadline_usec, &reply);
        if (answer != PEER_ANSWERED)
                return answer;
        bool is_error = sd_bus_message_is_method_error(reply, NULL) > 0;
        if (is_error && !message_is_from(reply, peer->owner))
                return sd_bus_message_is_method_error(reply, ERROR_ACCESS_DENIED) > 0
                               ? PEER_FORBIDDEN
                               : PEER_ABSENT;
        *ret_reply = TAKE_PTR(reply);
        return is_error ? PEER_ERROR : PEER_ANSWERED;
}

void bus_peer_send(struct bus_peer *peer, sd_bus_message *call)
{
        (void)sd_bus_send(peer->bus, call, NULL);
}
