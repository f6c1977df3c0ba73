/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/clock.h"

#include <time.h>

uint64_t clock_now_usec(void)
{
        struct timespec now = {0};

        (void)clock_gettime(CLOCK_BOOTTIME, &now);
        return (uint64_t)now.tv_sec * USEC_PER_SEC + (uint64_t)now.tv_nsec / 1000;
}

uint64_t clock_wall_sec(void)
{
        struct timespec now = {0};

        (void)clock_gettime(CLOCK_REALTIME, &now);
        return (uint64_t)now.tv_sec;
}
