/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about the store as a whole: GetStore, and for root alone AcceptStore and Rekey. Who
 * owns the host stands in the store: its owner has no say in whether it is to be believed. */
#pragma once

#include <systemd/sd-bus.h>

/* Methods of the Admin interface; userdata is the struct admin_object. */
int store_call_get(sd_bus_message *message, void *userdata, sd_bus_error *error);
int store_call_accept(sd_bus_message *message, void *userdata, sd_bus_error *error);
int store_call_rekey(sd_bus_message *message, void *userdata, sd_bus_error *error);
