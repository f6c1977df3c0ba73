/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names that a local account may have here: checked at every boundary, before anything is done
 * with the name. */
#pragma once

#include <stdbool.h>

#define ACCOUNT_NAME_MAX_BYTES 32

/* Below this, uids belong to the system (login.defs UID_MIN). */
#define ACCOUNT_MIN_UID 1000

/* True for [a-z_][a-z0-9_.-]{0,31} that does not end in a dot: what useradd and systemd both take,
 * and nothing that a shell, a path or a colon-separated file could misread. */
bool account_name_is_valid(const char *name);
