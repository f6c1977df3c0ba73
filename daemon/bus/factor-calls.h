/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The calls about second factors: a person sets one up (EnrolFactor, ConfirmFactor), and an
 * administrator lists and removes them. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

struct safe_replies;

/* All: 1 or more, or the D-Bus error is set and its negative errno returned. */
int factor_call_enrol(struct service *service, sd_bus_message *message, sd_bus_error *error);
int factor_call_confirm(struct service *service, struct safe_replies *replies,
                        sd_bus_message *message, sd_bus_error *error);
int factor_call_list(struct service *service, sd_bus_message *message, sd_bus_error *error);
int factor_call_remove(struct service *service, struct safe_replies *replies,
                       sd_bus_message *message, sd_bus_error *error);
