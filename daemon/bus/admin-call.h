/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the calls of the Admin interface begin that list rows, or change one: the caller is checked
 * (admin-caller.h), the argument is read, and there is an answer to be filled. */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/admin-object.h"
#include "bus/safe-reply.h"

/* A list, for list_reply_end(). *ret_account: whose rows are asked for, NULL for everybody's;
 * ret_account NULL: the call has no argument. Errors as those of admin_caller_demand(). */
int admin_call_begin_list(struct admin_object *object, sd_bus_message *message,
                          const char **ret_account, sd_bus_message **ret_reply,
                          sd_bus_error *error);

/* A change of what has that name, answered when it is safe. Likewise. */
int admin_call_begin_change(struct admin_object *object, sd_bus_message *message,
                            const char **ret_name, struct safe_reply **ret_reply,
                            sd_bus_error *error);
