/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may use the interface org.badged.Badged1.Admin: root, and the account that owns the host
 * where the settings say that the first person does (owner = first). */
#pragma once

#include <systemd/sd-bus.h>

#include "service.h"

/* 0; else the D-Bus error is set, the journal told, and its negative errno returned. The first line
 * of every method of that interface. */
int admin_caller_demand(const struct service *service, sd_bus_message *message,
                        sd_bus_error *error);

/* "root", or the owner's account: for what is kept of who did it. The caller frees it; NULL when
 * memory is short or the caller has no name any more. Of a caller that passed the above only. */
char *admin_caller_name(sd_bus_message *message);
