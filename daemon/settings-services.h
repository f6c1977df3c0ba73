/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sections [service NAME] while the settings are put together. settings_service() of settings.h
 * finds them afterwards. */
#pragma once

#include "settings-read.h"
#include "settings.h"

#define SERVICE_SECTION_MAX_BYTES (sizeof("service ") + 64)

/* Adds rules of that name, empty, unless there are some. 0; -EINVAL when no service can have the
 * name; -ENOMEM. */
int settings_add_service(struct settings *settings, const char *name);
/* Of the struct only what these sections made. */
void settings_free_services(struct settings *settings);

/* Reports what has no effect. */
void settings_check_services(const struct settings *settings,
                             const struct settings_entries *entries,
                             struct settings_report *report);
