/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about who has to wait after logins that failed: an administrator lists and clears. */
#pragma once

#include <systemd/sd-bus.h>

/* Methods of the Admin interface; userdata is the struct admin_object. */
int throttle_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error);
int throttle_call_clear(sd_bus_message *message, void *userdata, sd_bus_error *error);
