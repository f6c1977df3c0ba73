/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about identities and whose accounts they have. userdata is the struct admin_object. */
#pragma once

#include <systemd/sd-bus.h>

int identity_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error);
int identity_call_link(sd_bus_message *message, void *userdata, sd_bus_error *error);
int identity_call_unlink(sd_bus_message *message, void *userdata, sd_bus_error *error);
int identity_call_accept(sd_bus_message *message, void *userdata, sd_bus_error *error);
