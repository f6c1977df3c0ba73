/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ownership by scope: the only file that uses compiler extensions for it. A variable declared with
 * _cleanup_(x_freep) is released when its scope ends; TAKE_PTR() hands it on instead. */
#pragma once

#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(f) __attribute__((cleanup(f)))
#define _public_     __attribute__((visibility("default")))

/* Defines <free>p(), which calls <free>() on the variable's value unless that is NULL. */
#define DEFINE_CLEANUP(type, free)          \
        static inline void free##p(type *p) \
        {                                   \
                if (*p)                     \
                        (void)free(*p);     \
        }                                   \
        struct cleanup_needs_semicolon

/* The pointer's value; the variable itself becomes NULL, so that its scope no longer frees it. */
#define TAKE_PTR(p)                         \
        __extension__({                     \
                __typeof__(p) taken_ = (p); \
                (p) = NULL;                 \
                taken_;                     \
        })

/* Likewise for a file descriptor, which becomes -1. */
#define TAKE_FD(fd)                \
        __extension__({            \
                int taken_ = (fd); \
                (fd) = -1;         \
                taken_;            \
        })

static inline void freep(void *p)
{
        free(*(void **)p);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as the attribute wants it */
static inline void closep(int *fd)
{
        if (*fd >= 0)
                (void)close(*fd);
}

#define _cleanup_free_  _cleanup_(freep)
#define _cleanup_close_ _cleanup_(closep)

#define ELEMENTSOF(array) (sizeof(array) / sizeof((array)[0]))
