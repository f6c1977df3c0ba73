/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What fake-badged lists: accounts. */
#pragma once

#include <systemd/sd-bus.h>

/* Answer ListAccounts, GetAccount and LockAccount as the word says: "none" knows no account,
 * "controls" sends control characters, "long" a long name, "junk", "junk-after", "junk-type",
 * "junk-twice" and "junk-many" replies that make no sense, "error-NAME" that error; anything else
 * is good. They return as handlers of sd-bus do. */
int fake_accounts_list(sd_bus_message *call, const char *word);
int fake_accounts_show(sd_bus_message *call, const char *word);
int fake_accounts_lock(sd_bus_message *call, const char *word);
