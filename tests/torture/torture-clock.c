/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-clock.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "fail-alloc.h"
#include "failing-calls.h"

#define USEC_PER_SEC  UINT64_C(1000000)
#define MOMENT_USEC   (UINT64_C(30) * 1000)
#define PATIENCE_USEC (15 * USEC_PER_SEC) /* with a server on a busy machine */

/* A pause that was agreed with the provider is skipped by a few steps of this. */
#define STEP_USEC (11 * USEC_PER_SEC / 10)
#define STEPS_MAX 5

#define LEAP_USEC (16 * USEC_PER_SEC) /* more than the 15 s that a request has */
#define LEAPS_MAX 5                   /* each twice the last: more than a login has */

/* libsystemd 252 tries without a pause to tell of a lost bus as long as it has no memory for that.
 */
#define RUNS_MAX 400

static uint64_t ahead_usec;

_public_ int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
        int r = (int)syscall(SYS_clock_gettime, clock, ret_time);

        if (r == 0 && clock == CLOCK_BOOTTIME) {
                uint64_t nsec = (uint64_t)ret_time->tv_nsec + ahead_usec % USEC_PER_SEC * 1000;
                ret_time->tv_sec += (time_t)(ahead_usec / USEC_PER_SEC + nsec / 1000000000);
                ret_time->tv_nsec = (long)(nsec % 1000000000);
        }
        return r;
}

void torture_clock_advance(uint64_t usec)
{
        ahead_usec += usec;
}

/* Nothing happened. */
static int go_on(struct torture_patience *patience, bool has_failed)
{
        if (has_failed) {
                if (++patience->n_leaps > LEAPS_MAX)
                        return -ETIMEDOUT;
                torture_clock_advance(LEAP_USEC << patience->n_leaps);
                return 0;
        }
        if (++patience->n_steps > STEPS_MAX)
                return -ETIMEDOUT;
        torture_clock_advance(STEP_USEC);
        return 0;
}

int torture_clock_run(sd_event *event, struct torture_patience *patience)
{
        bool has_failed = fail_alloc_has_failed() || failing_call_has_failed();
        bool has_time = !has_failed && patience->n_steps == STEPS_MAX;

        int r = sd_event_run(event, has_time ? PATIENCE_USEC : MOMENT_USEC);
        if (r < 0)
                return r;
        if (r == 0)
                return go_on(patience, has_failed);
        patience->n_runs += has_failed;
        return patience->n_runs > RUNS_MAX ? -ETIMEDOUT : 0;
}
