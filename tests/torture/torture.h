/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One piece of work that is done again and again, each time with another allocation, or another
 * call of an outside library, failing. */
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
        /* Each of the first so many allocations fails; from there on each stride-th, or each one
         * when BADGED_LONG is 1. Both 0: each one. */
        size_t dense, stride;
};

struct torture_cases {
        const struct torture_case *cases;
        size_t n;
};

extern const struct torture_cases torture_core_cases, torture_directory_cases, torture_grants_cases,
        torture_sign_cases, torture_pam_cases, torture_io_cases, torture_settings_cases,
        torture_login_cases, torture_state_cases, torture_secrets_cases, torture_people_cases,
        torture_sessions_cases, torture_kept_cases;

/* The whole program: "allocations" or "calls" as its only argument says what is to fail. lists ends
 * with one that has no cases. Returns what main() has to. */
int torture_main(int argc, char **argv, const struct torture_cases *const *lists);
