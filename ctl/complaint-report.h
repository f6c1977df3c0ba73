/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a verb ends that could not do what was asked. */
#pragma once

#include <stdbool.h>

#include "ctl/command.h"
#include "ctl/daemon-call.h"

/* Tells sentence and mend, to people or as one JSON object with error and mend. */
enum command_exit complaint_report(const struct complaint *complaint, bool json);

/* The end of a verb that had its answer, and read and showed it: r says how that went. */
enum command_exit complaint_report_unless_good(int r, bool json);
