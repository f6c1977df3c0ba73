/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An entry of an a{sv} whose value is an array, as it is written piece by piece. */
#pragma once

#include <systemd/sd-bus.h>

/* Opens the entry key with a value of the type array ("as", "a(ssbb)"), ready for its items. */
int dict_entry_open_array(sd_bus_message *message, const char *key, const char *array);
int dict_entry_close_array(sd_bus_message *message);
