/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/admin-command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "ctl/complaint-report.h"
#include "ctl/daemon-call.h"
#include "ctl/json-output.h"
#include "ctl/listing.h"

/* True and the reply; or false, and the complaint says why. */
static bool ask(const char *member, const char *types, va_list arguments,
                sd_bus_message **ret_reply, struct complaint *complaint)
{
        _cleanup_(bus_peer_freep) struct bus_peer *peer = NULL;
        _cleanup_message_ sd_bus_message *call = NULL;

        if (!daemon_find(-1, &peer, complaint))
                return false;
        int r = daemon_new_admin_call(peer, member, &call);
        if (r >= 0 && types)
                r = sd_bus_message_appendv(call, types, arguments);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        return daemon_call_admin(peer, call, ADMIN_TIMEOUT_USEC, ret_reply, complaint);
}

typedef int (*show_reply)(const struct listing *listing, sd_bus_message *reply, bool json);

static enum command_exit ask_and_show(const struct command_line *line,
                                      const struct listing *listing, show_reply show,
                                      const char *member, const char *types, va_list arguments)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};

        if (!ask(member, types, arguments, &reply, &complaint))
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

enum command_exit admin_do(const struct command_line *line, const char *sentence,
                           const char *member, const char *types, ...)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        struct complaint complaint = {0};
        va_list arguments;

        va_start(arguments, types);
        bool good = ask(member, types, arguments, &reply, &complaint);
        va_end(arguments);
        if (!good)
                return complaint_report(&complaint, line->json);
        if (line->json)
                return complaint_report_unless_good(print_done(), line->json);
        puts(sentence);
        return COMMAND_GOOD;
}
