/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A slow disk for the program that it is preloaded into: what sqlite writes is on its way for a
 * while. Whoever is told before it is written is so long enough for a kill to show it. */
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "common/cleanup.h"

#define WRITE_NSEC 2000000

_public_ ssize_t pwrite64(int fd, const void *bytes, size_t n_bytes, off64_t offset)
{
        const struct timespec pause = {.tv_nsec = WRITE_NSEC};

        (void)nanosleep(&pause, NULL);
        return syscall(SYS_pwrite64, fd, bytes, n_bytes, offset);
}
