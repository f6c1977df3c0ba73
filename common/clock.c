/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/clock.h"

#include <time.h>

static uint64_t read_usec(clockid_t clock)
{
        struct timespec now = {0};

        (void)clock_gettime(clock, &now);
        return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_now_usec(void)
{
        return read_usec(CLOCK_BOOTTIME);
}

uint64_t clock_wall_usec(void)
{
        return read_usec(CLOCK_REALTIME);
}

uint64_t clock_wall_sec(void)
{
        return clock_wall_usec() / USEC_PER_SEC;
}
