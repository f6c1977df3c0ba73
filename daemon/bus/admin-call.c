/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/admin-call.h"

#include "bus/admin-caller.h"
#include "bus/list-reply.h"

int admin_call_begin_list(struct admin_object *object, sd_bus_message *message,
                          const char **ret_account, sd_bus_message **ret_reply, sd_bus_error *error)
{
        const char *account = "";

        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0 && ret_account)
                r = sd_bus_message_read(message, "s", &account);
        if (r >= 0)
                r = list_reply_begin(message, ret_reply);
        if (r >= 0 && ret_account)
                *ret_account = *account ? account : NULL;
        return r;
}

int admin_call_begin_change(struct admin_object *object, sd_bus_message *message,
                            const char **ret_name, struct safe_reply **ret_reply,
                            sd_bus_error *error)
{
        int r = admin_caller_demand(object->service, message, error);
        if (r >= 0)
                r = sd_bus_message_read(message, "s", ret_name);
        return r < 0 ? r : safe_reply_new(object->replies, message, ret_reply);
}
