/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of PAM services, as far as no log and no rule could misread them. */
#pragma once

#include <stdbool.h>

#define SERVICE_NAME_MAX_BYTES 64

bool service_name_is_valid(const char *name);
