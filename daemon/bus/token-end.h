/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* EndTokens: a person ends the tokens of the own session, and hears where the browser's session at
 * the provider can be ended. */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

/* Answers the call: as a handler of sd-bus returns. */
int token_end_call(struct service *service, sd_bus_message *message, sd_bus_error *error);
