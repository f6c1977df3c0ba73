/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold between several values, or between a value and the files it names. The last steps
 * of settings_load(); each single value has been parsed by then. */
#pragma once

#include "settings-read.h"
#include "settings.h"

/* Reads the client secrets and the map file into the settings, tries the CA files, and reports what
 * fails. 0 or -ENOMEM. */
int settings_attach_files(struct settings *settings, const struct settings_entries *entries,
                          struct settings_report *report);

/* Reports what is missing, contradicts itself or could never work. After settings_attach_files().
 */
void settings_check(const struct settings *settings, const struct settings_entries *entries,
                    struct settings_report *report);

/* The part of it about what proves the client of one provider, whose section it is. */
void settings_check_client(const struct provider_settings *provider, const char *section,
                           const struct settings_entries *entries, struct settings_report *report);
