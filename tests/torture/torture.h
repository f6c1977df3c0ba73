/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One piece of work that is done again and again, each time with another allocation failing. */
#pragma once

#include <stddef.h>

enum torture_end {
        TORTURE_DONE,  /* as with memory enough */
        TORTURE_SHORT, /* a clean error, and nothing was let in */
        TORTURE_WRONG, /* anything else */
};

struct torture_case {
        const char *name;
        /* Frees all that it allocates. prepared is what prepare() returned. */
        enum torture_end (*run)(const void *prepared);
        /* Memory is not short yet, nor once release() is called. Both may be NULL. */
        void *(*prepare)(void);
        void (*release)(void *prepared);
};

extern const struct torture_case torture_core_cases[], torture_directory_cases[],
        torture_grants_cases[], torture_sign_cases[], torture_bus_cases[];
extern const size_t torture_n_core_cases, torture_n_directory_cases, torture_n_grants_cases,
        torture_n_sign_cases, torture_n_bus_cases;
