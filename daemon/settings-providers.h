/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sections [provider NAME] while the settings are put together. settings_provider() of
 * settings.h finds them afterwards. */
#pragma once

#include "settings.h"

#define PROVIDER_SECTION_MAX_BYTES (sizeof("provider ") + 32)

/* Adds a provider of that name, empty, unless there is one. 0; -EINVAL when none can have the name;
 * -ENOMEM. */
int settings_add_provider(struct settings *settings, const char *name);
/* Of the struct only what these sections made. */
void settings_free_providers(struct settings *settings);
