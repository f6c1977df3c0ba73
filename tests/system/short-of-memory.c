/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Linked into a badged whose allocations fail on demand: SIGUSR1, sent by sigqueue() with the value
 * n, makes its n-th allocation from then on fail. tests/system/test_memory.py sends it. */
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

#include "fail-alloc.h"

static void on_signal(int number, siginfo_t *info, void *context)
{
        fail_alloc_arm((size_t)info->si_value.sival_int, false);
}

/* What the program does after main(), to count lines say, is not to be tested. */
static void disarm(void)
{
        (void)fail_alloc_disarm();
}

__attribute__((constructor)) static void listen_for_signal(void)
{
        const struct sigaction action = {.sa_sigaction = on_signal,
                                         .sa_flags = SA_SIGINFO | SA_RESTART};
        (void)atexit(disarm);
        (void)sigaction(SIGUSR1, &action, NULL);
}
