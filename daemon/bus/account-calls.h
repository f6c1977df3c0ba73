/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about local accounts. userdata is the struct admin_object. */
#pragma once

#include <systemd/sd-bus.h>

int account_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error);
int account_call_get(sd_bus_message *message, void *userdata, sd_bus_error *error);
int account_call_lock(sd_bus_message *message, void *userdata, sd_bus_error *error);
int account_call_unlock(sd_bus_message *message, void *userdata, sd_bus_error *error);
int account_call_forget(sd_bus_message *message, void *userdata, sd_bus_error *error);
