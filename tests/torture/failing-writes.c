/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is called of the system for files that are written, and for the thread that writes. */
#include "failing-calls.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

FAILING(int, stat64, (const char *path, struct stat64 *ret_status), (path, ret_status),
        fail_with(EIO));
FAILING(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size),
        fail_with(ENOSPC));
FAILING(int, fsync, (int fd), (fd), fail_with(EIO));
FAILING(int, rename, (const char *path, const char *new_path), (path, new_path), fail_with(EIO));
FAILING(int, renameat2,
        (int fd, const char *path, int new_fd, const char *new_path, unsigned flags),
        (fd, path, new_fd, new_path, flags), fail_with(EIO));
FAILING(int, unlink, (const char *path), (path), fail_with(EIO));
FAILING(FILE *, open_memstream, (char **ret_text, size_t *ret_size), (ret_text, ret_size),
        fail_with_null(ENOMEM));

FAILING(int, eventfd, (unsigned count, int flags), (count, flags), fail_with(EMFILE));
FAILING(int, pthread_cond_init, (pthread_cond_t * cond, const pthread_condattr_t *attributes),
        (cond, attributes), ENOMEM);
FAILING(int, pthread_mutex_init, (pthread_mutex_t * mutex, const pthread_mutexattr_t *attributes),
        (mutex, attributes), ENOMEM);
FAILING(int, pthread_create,
        (pthread_t * ret_thread, const pthread_attr_t *attributes, void *(*run)(void *),
         void *userdata),
        (ret_thread, attributes, run, userdata), EAGAIN);
