/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Has the daemon's own program judge the settings: badgectl reads none itself. */
#pragma once

struct findings;

/* Runs "PROGRAM --check" and adds what it says, one finding a line. What cannot be run is a bad
 * finding too. 0 or -ENOMEM. */
int settings_check(const char *program, struct findings *findings);
