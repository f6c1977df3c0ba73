/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is called of the system for files. */
#include "failing-calls.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

extern int __real_open64(const char *path, int flags, mode_t mode);
extern int __wrap_open64(const char *path, int flags, mode_t mode);

int __wrap_open64(const char *path, int flags, mode_t mode)
{
        return call_fails("open64") ? fail_with(EMFILE) : __real_open64(path, flags, mode);
}

FAILING(int, fstat64, (int fd, struct stat64 *ret_status), (fd, ret_status), fail_with(EIO));
FAILING(int, lstat64, (const char *path, struct stat64 *ret_status), (path, ret_status),
        fail_with(EIO));
FAILING(ssize_t, read, (int fd, void *bytes, size_t size), (fd, bytes, size), fail_with(EIO));
