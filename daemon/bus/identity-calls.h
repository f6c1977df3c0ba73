/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about identities and whose accounts they have. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct safe_replies;

/* Of the Admin interface: userdata is the struct admin_object. */
int identity_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error);
int identity_call_link(sd_bus_message *message, void *userdata, sd_bus_error *error);
int identity_call_unlink(sd_bus_message *message, void *userdata, sd_bus_error *error);
int identity_call_accept(sd_bus_message *message, void *userdata, sd_bus_error *error);

/* Of people, for the own account. */
int identity_call_get_offer(struct service *service, sd_bus_message *message, sd_bus_error *error);
int identity_call_link_offer(struct service *service, struct safe_replies *replies,
                             sd_bus_message *message, sd_bus_error *error);
