/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A session as the bus tells of it: a dictionary of what is known. */
#pragma once

#include <systemd/sd-bus.h>

#include "sessions.h"

/* Appends one a{sv}. What there is no word for is left out, and of tokens only that there are some.
 */
int session_dict_append(sd_bus_message *reply, const struct session_record *session);
