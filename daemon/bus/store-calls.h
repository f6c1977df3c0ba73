/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about the store as a whole: GetStore, and for root alone AcceptStore and Rekey. Who
 * owns the host stands in the store: its owner has no say in whether it is to be believed. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct safe_replies;

/* All: 1 or more, or the D-Bus error is set and its negative errno returned. */
int store_call_get(struct service *service, sd_bus_message *message, sd_bus_error *error);
int store_call_accept(struct service *service, struct safe_replies *replies,
                      sd_bus_message *message, sd_bus_error *error);
int store_call_rekey(struct service *service, struct safe_replies *replies, sd_bus_message *message,
                     sd_bus_error *error);
