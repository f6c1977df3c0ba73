/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/logind-calls.h"

#include <string.h>
#include <syslog.h>

#include "log.h"

#define LOGIND_NAME      "org.freedesktop.login1"
#define LOGIND_PATH      "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"

static int on_terminated(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);

        if (error)
                log_line(LOG_WARNING, "Failed to end a login session: %s: %s", error->name,
                         error->message);
        return 0;
}

void logind_call_terminate(const char *name, void *bus)
{
        int r = sd_bus_call_method_async(bus, NULL, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE,
                                         "TerminateSession", on_terminated, NULL, "s", name);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to end login session '%s': %s", name, strerror(-r));
}
