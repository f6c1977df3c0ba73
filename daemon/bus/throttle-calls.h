/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about who has to wait after logins that failed: an administrator lists and clears. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct safe_replies;

/* All: 1 or more, or the D-Bus error is set and its negative errno returned. */
int throttle_call_list(struct service *service, sd_bus_message *message, sd_bus_error *error);
int throttle_call_clear(struct service *service, struct safe_replies *replies,
                        sd_bus_message *message, sd_bus_error *error);
