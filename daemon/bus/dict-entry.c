/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus/dict-entry.h"

int dict_entry_open_array(sd_bus_message *message, const char *key, const char *array)
{
        int r = sd_bus_message_open_container(message, 'e', "sv");
        if (r < 0)
                return r;
        r = sd_bus_message_append(message, "s", key);
        if (r < 0)
                return r;
        r = sd_bus_message_open_container(message, 'v', array);
        if (r < 0)
                return r;
        return sd_bus_message_open_container(message, 'a', array + 1);
}

int dict_entry_close_array(sd_bus_message *message)
{
        int r = 0;

        /* Array, variant, entry. */
        for (int i = 0; i < 3 && r >= 0; i++)
                r = sd_bus_message_close_container(message);
        return r;
}
