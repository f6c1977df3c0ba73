/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about tickets: an administrator makes, lists and revokes them. */
#pragma once

#include <systemd/sd-bus.h>

/* Methods of the Admin interface; userdata is the struct admin_object. */
int ticket_call_create(sd_bus_message *message, void *userdata, sd_bus_error *error);
int ticket_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error);
int ticket_call_revoke(sd_bus_message *message, void *userdata, sd_bus_error *error);
