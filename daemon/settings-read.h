/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every key that the settings files hold, with its place. Knows no key by name: settings.c looks
 * values up, settings-check.c looks places up. */
#pragma once

#include <stddef.h>

#include "settings-report.h"

struct settings_entry {
        struct settings_place place; /* owned; key is NULL for the section line itself */
        char *folder;                /* what a relative file name in the value starts from */
        char *value;                 /* NULL for a section line; empty: as if not written */
};

struct settings_entries {
        struct settings_entry *items;
        size_t n;
        char *home; /* badged.conf of the last folder: to blame when something is nowhere */
};

/* Reads the files of the folders (io/conf-folders.h has the order) as far as they make sense, and
 * reports what does not. 0 or -ENOMEM. */
int settings_entries_read(const char *const *folders, struct settings_entries *ret_entries,
                          struct settings_report *report);
void settings_entries_finish(struct settings_entries *entries);

/* The entry that counts: the last one with that key, unless its value is empty. NULL key: the last
 * line of that section. Borrowed; NULL when there is none. */
const struct settings_entry *settings_entries_find(const struct settings_entries *entries,
                                                   const char *section, const char *key);

/* Where the key is written; else where it should be: its section's line, else entries->home. All of
 * it borrowed. */
struct settings_place settings_entries_place(const struct settings_entries *entries,
                                             const char *section, const char *key);
