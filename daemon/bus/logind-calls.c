/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/logind-calls.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "common/cleanup.h"
#include "log.h"

#define LOGIND_NAME            "org.freedesktop.login1"
#define LOGIND_PATH            "/org/freedesktop/login1"
#define LOGIND_INTERFACE       "org.freedesktop.login1.Manager"
#define LOGIND_NO_SUCH_SESSION "org.freedesktop.login1.NoSuchSession"

/* polkit said no, or asks for somebody's password, or is not there: then logind itself says no. */
static bool is_polkit_no(const sd_bus_error *error)
{
        return sd_bus_error_has_name(error, SD_BUS_ERROR_ACCESS_DENIED) ||
               sd_bus_error_has_name(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED);
}

static int on_terminated(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
        const sd_bus_error *error = sd_bus_message_get_error(reply);
        const char *name = userdata;

        if (!error || sd_bus_error_has_name(error, LOGIND_NO_SUCH_SESSION))
                return 0;
        if (is_polkit_no(error))
                log_line(LOG_WARNING,
                         "Failed to end login session '%s': polkit does not let badged (install "
                         "polkit and copy %s to /etc/polkit-1/rules.d/)",
                         name, POLKIT_RULE);
        else
                log_line(LOG_WARNING, "Failed to end login session '%s': %s: %s", name, error->name,
                         error->message);
        return 0;
}

static int call_terminate(sd_bus *bus, const char *name)
{
        _cleanup_(sd_bus_slot_unrefp) sd_bus_slot *slot = NULL;
        _cleanup_free_ char *copy = strdup(name);
        if (!copy)
                return -ENOMEM;

        int r = sd_bus_call_method_async(bus, &slot, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE,
                                         "TerminateSession", on_terminated, copy, "s", name);
        if (r < 0)
                return r;
        r = sd_bus_slot_set_destroy_callback(slot, free);
        if (r < 0)
                return r;
        TAKE_PTR(copy);
        return sd_bus_slot_set_floating(slot, 1);
}

void logind_call_terminate(const char *name, void *bus)
{
        int r = call_terminate(bus, name);
        if (r < 0)
                log_line(LOG_WARNING, "Failed to end login session '%s': %s", name, strerror(-r));
}
