/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What badged asks of systemd-logind. */
#pragma once

#include <systemd/sd-bus.h>

/* Ends the login session of that name; a failure is in the journal. For service_on_end_login(),
 * with the bus as userdata. */
void logind_call_terminate(const char *name, void *bus);
