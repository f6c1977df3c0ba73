/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table behind provider-preset.h, which alone reads it. A new provider is a row here, a
 * scenario of the scripted provider and a section of badged-providers(5). */
#pragma once

#include "core/provider-preset.h"

/* The number of rows. */
size_t provider_preset_rows(const struct provider_preset **ret_rows);
