/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The journal entry about an administrator's call that changed what badged knows. */
#pragma once

#include <systemd/sd-bus.h>

struct admin_change {
        const char *account;          /* NULL: none in particular */
        const char *issuer, *subject; /* NULL: none */
        const char *what;             /* was done, and why */
};

/* The method and its caller are in the entry. */
void admin_change_log(sd_bus_message *message, const struct admin_change *change);
