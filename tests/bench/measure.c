/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "measure.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SETTLE_NSEC (4 * 1000 * NSEC_PER_USEC)

static uint64_t read_clock(clockid_t clock)
{
        struct timespec now = {0};

        (void)clock_gettime(clock, &now);
        return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

uint64_t measure_now_nsec(void)
{
        return read_clock(CLOCK_MONOTONIC);
}

uint64_t measure_cpu_nsec(void)
{
        return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t measure_cpu_of_nsec(pid_t pid)
{
        clockid_t clock;

        if (clock_getcpuclockid(pid, &clock) != 0)
                measure_give_up("clock_getcpuclockid", "no such process");
        return read_clock(clock);
}

void measure_pause(uint64_t nsec)
{
        const struct timespec pause = {.tv_sec = (time_t)(nsec / NSEC_PER_SEC),
                                       .tv_nsec = (long)(nsec % NSEC_PER_SEC)};

        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

void measure_settle(void)
{
        measure_pause(SETTLE_NSEC);
}

void measure_print(const char *label, uint64_t nsec)
{
        (void)printf("%s %" PRIu64 "\n", label, nsec);
}

void measure_give_up(const char *what, const char *why)
{
        (void)fflush(stdout);
        (void)fprintf(stderr, "%s: %s\n", what, why);
        exit(EXIT_FAILURE);
}
