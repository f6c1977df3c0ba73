/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about sessions: PAM opens and closes them, people see and end their own, and an
 * administrator everybody's. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct safe_replies;

/* All: 1 or more, or the D-Bus error is set and its negative errno returned. */
int session_call_open(struct service *service, struct safe_replies *replies,
                      sd_bus_message *message, sd_bus_error *error);
int session_call_bind(struct service *service, sd_bus_message *message, sd_bus_error *error);
int session_call_close(struct service *service, struct safe_replies *replies,
                       sd_bus_message *message, sd_bus_error *error);
int session_call_list_own(struct service *service, sd_bus_message *message, sd_bus_error *error);
int session_call_get(struct service *service, sd_bus_message *message, sd_bus_error *error);
int session_call_end_own(struct service *service, struct safe_replies *replies,
                         sd_bus_message *message, sd_bus_error *error);

/* Methods of the Admin interface; userdata is the struct admin_object. */
int session_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error);
int session_call_end(sd_bus_message *message, void *userdata, sd_bus_error *error);
int session_call_end_all(sd_bus_message *message, void *userdata, sd_bus_error *error);
