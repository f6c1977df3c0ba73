/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one clock that deadlines are counted in. */
#pragma once

#include <stdint.h>

#define USEC_PER_SEC UINT64_C(1000000)

/* CLOCK_BOOTTIME: it also runs while the machine sleeps, as the provider's clock does. */
uint64_t clock_now_usec(void);
