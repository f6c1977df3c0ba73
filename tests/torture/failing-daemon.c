/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the daemon alone calls of libsystemd. */
#include "failing-calls.h"

#include <errno.h>
#include <stdarg.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

FAILING(int, sd_event_add_defer,
        (sd_event * event, sd_event_source **ret_source, sd_event_handler_t callback,
         void *userdata),
        (event, ret_source, callback, userdata), -ENOMEM);
FAILING(int, sd_event_source_set_time, (sd_event_source * source, uint64_t usec), (source, usec),
        -ENOMEM);
FAILING(int, sd_event_source_set_enabled, (sd_event_source * source, int enabled),
        (source, enabled), -ENOMEM);
FAILING(int, sd_event_source_set_io_events, (sd_event_source * source, uint32_t events),
        (source, events), -ENOMEM);

FAILING(int, sd_bus_add_match,
        (sd_bus * bus, sd_bus_slot **ret_slot, const char *match, sd_bus_message_handler_t callback,
         void *userdata),
        (bus, ret_slot, match, callback, userdata), -ENOMEM);
FAILING(int, sd_bus_add_object_vtable,
        (sd_bus * bus, sd_bus_slot **ret_slot, const char *path, const char *interface,
         const sd_bus_vtable *vtable, void *userdata),
        (bus, ret_slot, path, interface, vtable, userdata), -ENOMEM);
FAILING(int, sd_bus_query_sender_creds,
        (sd_bus_message * message, uint64_t mask, sd_bus_creds **ret_creds),
        (message, mask, ret_creds), -ENOTCONN);
FAILING(int, sd_bus_creds_get_euid, (sd_bus_creds * creds, uid_t *ret_uid), (creds, ret_uid),
        -ENODATA);
FAILING(int, sd_bus_message_new_method_return,
        (sd_bus_message * call, sd_bus_message **ret_message), (call, ret_message), -ENOMEM);
FAILING(int, sd_bus_message_send, (sd_bus_message * message), (message), -ENOBUFS);

extern int __wrap_sd_bus_reply_method_return(sd_bus_message *call, const char *types, ...);
extern int __wrap_sd_bus_reply_method_errorf(sd_bus_message *call, const char *name,
                                             const char *format, ...);

int __wrap_sd_bus_reply_method_return(sd_bus_message *call, const char *types, ...)
{
        va_list arguments;

        if (call_fails("sd_bus_reply_method_return"))
                return -ENOMEM;
        va_start(arguments, types);
        int r = sd_bus_reply_method_returnv(call, types, arguments);
        va_end(arguments);
        return r;
}

__attribute__((format(printf, 3, 4))) int
__wrap_sd_bus_reply_method_errorf(sd_bus_message *call, const char *name, const char *format, ...)
{
        va_list arguments;

        if (call_fails("sd_bus_reply_method_errorf"))
                return -ENOMEM;
        va_start(arguments, format);
        int r = sd_bus_reply_method_errorfv(call, name, format, arguments);
        va_end(arguments);
        return r;
}
