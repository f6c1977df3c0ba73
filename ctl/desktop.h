/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The desktop that the person sits at, if there is one: whether it can show a browser, and how to
 * have one opened. */
#pragma once

#include <stdbool.h>

/* True when DISPLAY or WAYLAND_DISPLAY says so. */
bool desktop_is_here(void);

/* Has xdg-open open the address, which must be https (text_is_https_url()) or a listener of ours,
 * in a session of its own: Ctrl-C here does not end it. Nothing is waited for, and a browser that
 * does not come is no failure: the address stands on the screen, too. root opens none. */
void desktop_open(const char *address);
