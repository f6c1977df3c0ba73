/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The clock that deadlines are counted in, and the one on the wall. */
#pragma once

#include <stdint.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* CLOCK_BOOTTIME: it also runs while the machine sleeps, as the provider's clock does. */
uint64_t clock_now_usec(void);

/* CLOCK_REALTIME: for what is kept longer than the machine runs. */
uint64_t clock_wall_usec(void);
uint64_t clock_wall_sec(void);
