/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The daemon, as main.c puts it together, for one visit. badged's main.c is not in it. */
#pragma once

#include "torture-world.h"

/* The person of the world visits it: how that ended. What has cases of its own does not fail here:
 * opening the state, and reading the settings. */
enum torture_word torture_daemon_visit(const struct torture_world *world);
