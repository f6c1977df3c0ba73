/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-interrupt.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <time.h>

#include "common/cleanup.h"

#define FIRST_FREE_FD 3

static sigset_t interrupt_signals(void)
{
        sigset_t signals;

        (void)sigemptyset(&signals);
        (void)sigaddset(&signals, SIGINT);
        return signals;
}

void interrupt_init(struct interrupt *interrupt)
{
        sigset_t signals = interrupt_signals();
        _cleanup_close_ int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);

        /* Where 0 to 2 are closed, the conversation must not find this descriptor there. */
        interrupt->fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
        if (interrupt->fd >= 0)
                (void)pthread_sigmask(SIG_BLOCK, &signals, &interrupt->before);
}

void interrupt_release(struct interrupt *interrupt)
{
        if (interrupt->fd >= 0)
                (void)pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
}

void interrupt_hold(struct interrupt *interrupt)
{
        sigset_t signals = interrupt_signals();

        if (interrupt->fd >= 0)
                (void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
}

void interrupt_finish(struct interrupt *interrupt)
{
        static const struct timespec at_once = {0};
        sigset_t signals = interrupt_signals();

        if (interrupt->fd < 0)
                return;
        while (sigtimedwait(&signals, NULL, &at_once) == SIGINT)
                continue;
        (void)pthread_sigmask(SIG_SETMASK, &interrupt->before, NULL);
        (void)close(interrupt->fd);
        interrupt->fd = -1;
}
