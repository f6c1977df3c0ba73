/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Admin interface of fake-badged. */
#pragma once

#include <systemd/sd-bus.h>

/* Answers GetStatus or CheckProvider as the word says: "bad" finds something bad, "controls" sends
 * control characters, "junk" replies of the wrong shape, "empty" finds nothing, "none" knows no
 * provider, "error-NAME" that error; anything else is good. As a handler of sd-bus returns. */
int fake_admin_status(sd_bus_message *call, const char *word);
int fake_admin_check(sd_bus_message *call, const char *word);
