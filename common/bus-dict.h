/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads one a{sv} of a reply into checked, bounded fields. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

/* One key that is known, with exactly one place for its value. Places start out NULL or 0. */
struct bus_field {
        const char *key;
        char **ret_text; /* s: the reader's to free */
        size_t max_bytes;
        bool (*is_sound)(const char *text); /* NULL: cut it and make it printable instead */
        char ***ret_list;                   /* as: printable texts, NULL-terminated; likewise */
        uint64_t *ret_number;               /* t: min to max */
        uint64_t min, max;
        /* Any other type: reads the variant whole into the place. 0 or more, or -errno. */
        int (*read)(sd_bus_message *message, void *place);
        void *place;
};

/* Unknown keys are skipped. 1 when at least one key was there, 0 when the dictionary is empty,
 * -EBADMSG for a wrong type, an unsound or out-of-range value, a key that comes twice or too many
 * keys, -ENOMEM. Fields that were read before a failure stay with the caller. */
int bus_dict_read(sd_bus_message *message, const struct bus_field *fields, size_t n_fields);
