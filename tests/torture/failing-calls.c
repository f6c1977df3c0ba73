/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "failing-calls.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "common/cleanup.h"

/* WRAPPED_CALLS comes from meson.build, which tells the linker the same names. */
static const char *const names[] = {WRAPPED_CALLS};

static struct {
        size_t chosen, countdown;
        bool and_all_after;
        _Atomic bool armed, paused, failed;
        size_t failures[ELEMENTSOF(names)];
} state;

const char *failing_call_name(size_t i)
{
        return i < ELEMENTSOF(names) ? names[i] : NULL;
}

void failing_call_choose(size_t i)
{
        state.chosen = i;
}

void failing_call_arm(size_t n, bool and_all_after)
{
        state.countdown = n;
        state.and_all_after = and_all_after;
        state.failed = false;
        state.armed = true;
}

void failing_call_pause(bool pause)
{
        state.paused = pause;
}

bool failing_call_has_failed(void)
{
        return state.armed && state.failed;
}

bool failing_call_disarm(void)
{
        state.armed = state.paused = false;
        return state.failed;
}

size_t failing_call_failures(size_t i)
{
        return state.failures[i];
}

static bool fails_now(void)
{
        if (state.failed && !state.and_all_after)
                return false;
        if (!state.failed && state.countdown-- > 0)
                return false;
        state.failed = true;
        state.failures[state.chosen]++;
        return true;
}

/* The store is written by a thread of its own. */
bool call_fails(const char *name)
{
        static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

        if (!state.armed || state.paused || strcmp(name, names[state.chosen]) != 0)
                return false;
        (void)pthread_mutex_lock(&lock);
        bool fails = fails_now();
        (void)pthread_mutex_unlock(&lock);
        return fails;
}

int fail_with(int error)
{
        errno = error;
        return -1;
}

void *fail_with_null(int error)
{
        errno = error;
        return NULL;
}
