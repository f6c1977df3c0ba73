/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both sides of the bus call of libsystemd to read and write messages. */
#include "failing-calls.h"

#include <errno.h>
#include <stdarg.h>
#include <systemd/sd-bus.h>

FAILING(int, sd_bus_message_open_container,
        (sd_bus_message * message, char type, const char *contents), (message, type, contents),
        -ENOMEM);
FAILING(int, sd_bus_message_close_container, (sd_bus_message * message), (message), -ENOMEM);
FAILING(int, sd_bus_message_enter_container,
        (sd_bus_message * message, char type, const char *contents), (message, type, contents),
        -ENOMEM);
FAILING(int, sd_bus_message_exit_container, (sd_bus_message * message), (message), -ENOMEM);
FAILING(int, sd_bus_message_skip, (sd_bus_message * message, const char *types), (message, types),
        -ENOMEM);
FAILING(int, sd_bus_message_sensitive, (sd_bus_message * message), (message), -EINVAL);

extern int __wrap_sd_bus_message_append(sd_bus_message *message, const char *types, ...);
extern int __wrap_sd_bus_message_read(sd_bus_message *message, const char *types, ...);

int __wrap_sd_bus_message_append(sd_bus_message *message, const char *types, ...)
{
        va_list arguments;

        if (call_fails("sd_bus_message_append"))
                return -ENOMEM;
        va_start(arguments, types);
        int r = sd_bus_message_appendv(message, types, arguments);
        va_end(arguments);
        return r;
}

int __wrap_sd_bus_message_read(sd_bus_message *message, const char *types, ...)
{
        va_list arguments;

        if (call_fails("sd_bus_message_read"))
                return -ENOMEM;
        va_start(arguments, types);
        int r = sd_bus_message_readv(message, types, arguments);
        va_end(arguments);
        return r;
}
