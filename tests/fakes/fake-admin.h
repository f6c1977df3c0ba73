/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Admin interface of fake-badged. */
#pragma once

#include <systemd/sd-bus.h>

/* Answer GetStatus and CheckProvider as the word says: "bad" finds something bad, "controls" sends
 * control characters, "junk" and "junk-after" replies of the wrong shape, "junk-findings" one from
 * CheckProvider only, "empty" finds nothing, "none" knows no provider, "flood" more than fit,
 * "flood-findings" finds more than that, "error-NAME" that error; anything else is good. They
 * return as handlers of sd-bus do. */
int fake_admin_status(sd_bus_message *call, const char *word);
int fake_admin_check(sd_bus_message *call, const char *word);
