/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one table of what may stand in the settings. etc/badged.conf and badged.conf(5) are held
 * against it by a test. */
#pragma once

#include <stddef.h>

#include "settings-parse.h"

enum settings_section {
        SECTION_BADGED,   /* [badged]: the field is in struct settings */
        SECTION_PROVIDER, /* [provider NAME]: in struct provider_settings */
        SECTION_ACCOUNTS, /* [accounts]: in struct account_settings */
        SECTION_SERVICE,  /* [service NAME]: in struct service_rules */
};

struct settings_key {
        enum settings_section section;
        const char *name;
        settings_parser parse;
        size_t offset;
        const char *fallback; /* what it is when it is not written; NULL: nothing */
        const char *mend;     /* what to write instead of a bad value */
};

size_t settings_keys(const struct settings_key **ret_keys);

/* Which section a section line opens; *ret_name is the provider's or the service's name (borrowed
 * from section), NULL where there is only one such section. -EINVAL for one that nobody knows. */
int settings_section_from_line(const char *section, enum settings_section *ret_section,
                               const char **ret_name);

/* NULL when the section has no such key. */
const struct settings_key *settings_key_find(enum settings_section section, const char *name);
