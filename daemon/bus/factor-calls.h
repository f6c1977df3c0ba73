/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about second factors: a person sets one up (EnrolFactor, ConfirmFactor), lists the own
 * ones and removes them after a login for it; an administrator does that to anybody's. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct safe_replies;

/* All: 1 or more, or the D-Bus error is set and its negative errno returned. */
int factor_call_enrol(struct service *service, sd_bus_message *message, sd_bus_error *error);
int factor_call_confirm(struct service *service, struct safe_replies *replies,
                        sd_bus_message *message, sd_bus_error *error);
int factor_call_list_own(struct service *service, sd_bus_message *message, sd_bus_error *error);
int factor_call_remove_own(struct service *service, struct safe_replies *replies,
                           sd_bus_message *message, sd_bus_error *error);

/* Methods of the Admin interface; userdata is the struct admin_object. */
int factor_call_list(sd_bus_message *message, void *userdata, sd_bus_error *error);
int factor_call_remove(sd_bus_message *message, void *userdata, sd_bus_error *error);
