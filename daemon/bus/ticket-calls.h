/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about tickets: an administrator makes, lists and revokes them. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct safe_replies;

/* All: 1 or more, or the D-Bus error is set and its negative errno returned. */
int ticket_call_create(struct service *service, struct safe_replies *replies,
                       sd_bus_message *message, sd_bus_error *error);
int ticket_call_list(struct service *service, sd_bus_message *message, sd_bus_error *error);
int ticket_call_revoke(struct service *service, struct safe_replies *replies,
                       sd_bus_message *message, sd_bus_error *error);
