/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From libpam's module back into the program. */
#pragma once

#include <security/pam_modules.h>

/* Calls the entry for that phase (pam-inside.h) with the script's arguments. */
int pam_inside_call(pam_handle_t *pamh, char phase, int flags);
