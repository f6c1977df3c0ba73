/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints the table of settings keys, one "SECTION<tab>KEY<tab>DEFAULT" a line, for
 * test-settings-documented.py. */
#include <stdio.h>

#include "settings-keys.h"

static const char *section_heading(enum settings_section section)
{
        switch (section) {
        case SECTION_BADGED:
                return "[badged]";
        case SECTION_PROVIDER:
                return "[provider NAME]";
        case SECTION_ACCOUNTS:
                return "[accounts]";
        case SECTION_SERVICE:
                return "[service NAME]";
        }
        return "?";
}

int main(void)
{
        const struct settings_key *keys;
        size_t n = settings_keys(&keys);

        for (size_t i = 0; i < n; i++)
                printf("%s\t%s\t%s\n", section_heading(keys[i].section), keys[i].name,
                       keys[i].fallback ? keys[i].fallback : "");
        return 0;
}
