/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/admin-command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/bus-names.h"
#include "ctl/complaint-report.h"
#include "ctl/daemon-call.h"
#include "ctl/json-output.h"
#include "ctl/listing.h"

/* True and the reply; or false, and the complaint says why. */
static bool ask(const char *interface, const char *member, const char *types, va_list arguments,
                sd_bus_message **ret_reply, struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *call = NULL;

        if (!daemon_find(-1, &peer, complaint))
                return false;
        int r = bus_peer_new_call(peer, BADGED_PATH, interface, member, &call);
        if (r >= 0 && types)
                r = sd_bus_message_appendv(call, types, arguments);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        return strcmp(interface, BADGED_ADMIN_INTERFACE) == 0
                       ? daemon_call_admin(peer, call, ADMIN_TIMEOUT_USEC, ret_reply, complaint)
                       : daemon_call(peer, call, ADMIN_TIMEOUT_USEC, ret_reply, complaint);
}

static bool ask_own(sd_bus_message **ret_reply, struct complaint *complaint, const char *member,
                    const char *types, ...)
{
        va_list arguments;

        va_start(arguments, types);
        bool good = ask(BADGED_INTERFACE, member, types, arguments, ret_reply, complaint);
        va_end(arguments);
        return good;
}

bool own_ask(const char *member, sd_bus_message **ret_reply, struct complaint *complaint)
{
        return ask_own(ret_reply, complaint, member, NULL);
}

typedef int (*show_reply)(const struct listing *listing, sd_bus_message *reply, bool json);

static enum command_exit ask_and_show(const struct command_line *line,
                                      const struct listing *listing, show_reply show,
                                      const char *member, const char *types, va_list arguments)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};

        if (!ask(BADGED_ADMIN_INTERFACE, member, types, arguments, &reply, &complaint))
                return complaint_report(&complaint, line->json);
        return complaint_report_unless_good(show(listing, reply, line->json), line->json);
}

enum command_exit admin_list(const struct command_line *line, const struct listing *listing,
                             const char *member, const char *types, ...)
{
        va_list arguments;

        va_start(arguments, types);
        enum command_exit end = ask_and_show(line, listing, listing_show, member, types, arguments);
        va_end(arguments);
        return end;
}

enum command_exit own_list(const struct command_line *line, const struct listing *listing,
                           const char *member)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};

        if (!own_ask(member, &reply, &complaint))
                return complaint_report(&complaint, line->json);
        return complaint_report_unless_good(listing_show(listing, reply, line->json), line->json);
}

enum command_exit admin_show(const struct command_line *line, const struct listing *listing,
                             const char *member, const char *types, ...)
{
        va_list arguments;

        va_start(arguments, types);
        enum command_exit end = ask_and_show(line, listing, listing_show_one, member, types,
                                             arguments);
        va_end(arguments);
        return end;
}

static int print_done(void)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add(object, "done", json_object_new_boolean(true)) < 0)
                return -ENOMEM;
        return json_print(object);
}

static enum command_exit tell(const struct command_line *line, const char *sentence)
{
        if (line->json)
                return complaint_report_unless_good(print_done(), line->json);
        puts(sentence);
        return COMMAND_GOOD;
}

static enum command_exit ask_and_tell(const struct command_line *line, const char *sentence,
                                      const char *interface, const char *member, const char *types,
                                      va_list arguments)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};

        if (!ask(interface, member, types, arguments, &reply, &complaint))
                return complaint_report(&complaint, line->json);
        return tell(line, sentence);
}

enum command_exit admin_do(const struct command_line *line, const char *sentence,
                           const char *member, const char *types, ...)
{
        va_list arguments;

        va_start(arguments, types);
        enum command_exit end = ask_and_tell(line, sentence, BADGED_ADMIN_INTERFACE, member, types,
                                             arguments);
        va_end(arguments);
        return end;
}

enum command_exit own_do(const struct command_line *line, const char *sentence, const char *member,
                         const char *types, ...)
{
        va_list arguments;

        va_start(arguments, types);
        enum command_exit end = ask_and_tell(line, sentence, BADGED_INTERFACE, member, types,
                                             arguments);
        va_end(arguments);
        return end;
}
