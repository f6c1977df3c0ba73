/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock_gettime() in the place of the C library's, for the program and every library in it: a test
 * moves CLOCK_BOOTTIME on, which all of badged's deadlines are on, instead of waiting. libcurl's
 * own are on another clock. */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

void torture_clock_advance(uint64_t usec);

/* What a run of the loop may still take; starts as 0. */
struct torture_patience {
        unsigned n_steps, n_leaps, n_runs;
};

/* Runs the loop once. When nothing happens for a moment, time goes on by a second, a few times; and
 * after something was made to fail by half a minute, then by a minute, and so forth, until whatever
 * is being waited for is given up. Negative errno when the loop fails, when nothing happens however
 * long one waits, or much too much does. */
int torture_clock_run(sd_event *event, struct torture_patience *patience);
