/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/caller.h"

#include <string.h>

#include "common/bus-names.h"
#include "common/cleanup.h"
#include "log.h"

#define DEPARTURES                                                                  \
        "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus'," \
        "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''"

int caller_uid(sd_bus_message *message, uid_t *ret_uid)
{
        _cleanup_(sd_bus_creds_unrefp) sd_bus_creds *creds = NULL;
        uid_t uid;

        int r = sd_bus_query_sender_creds(message, SD_BUS_CREDS_EUID, &creds);
        if (r < 0)
                return r;
        r = sd_bus_creds_get_euid(creds, &uid);
        if (r < 0)
                return r;
        *ret_uid = uid;
        return 0;
}

int caller_refuse(sd_bus_message *message, const char *reason, sd_bus_error *error)
{
        uid_t uid;
        struct log_decision decision = {
                .event = LOG_EVENT_CALLER,
                .caller_uid = caller_uid(message, &uid) < 0 ? LOG_NO_UID : uid,
                .outcome = LOGIN_REFUSED,
                .service = sd_bus_message_get_member(message),
                .origin = sd_bus_message_get_sender(message),
                .reason = reason,
                .is_idle = true,
        };
        log_decision(&decision);
        return sd_bus_error_set(error, BADGED_ERROR_NOT_AUTHORIZED, reason);
}

int caller_demand_root(sd_bus_message *message, sd_bus_error *error)
{
        uid_t uid;

        if (caller_uid(message, &uid) < 0)
                return caller_refuse(message, "The caller cannot be identified.", error);
        if (uid != 0)
                return caller_refuse(message, "Only root may ask for this.", error);
        return 0;
}

bool caller_is(sd_bus_message *message, const char *unique_name)
{
        const char *sender = sd_bus_message_get_sender(message);
        return sender && strcmp(sender, unique_name) == 0;
}

int caller_watch_departures(sd_bus *bus, sd_bus_slot **ret_slot,
                            sd_bus_message_handler_t on_departure, void *userdata)
{
        return sd_bus_add_match(bus, ret_slot, DEPARTURES, on_departure, userdata);
}
