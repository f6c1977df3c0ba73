/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl log --verify: is the journal whole, from its first entry to the last that badged wrote?
 */
#pragma once

#include <stdbool.h>

#include "ctl/command.h"

struct journal_filter;

/* Of the filter, files and the time count. With files, the daemon is not asked for the last entry.
 */
enum command_exit log_verify(const struct journal_filter *filter, bool json);
