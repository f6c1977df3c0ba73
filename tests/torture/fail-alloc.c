/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fail-alloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

#define SPOILED    0xDE
#define FRAMES_MAX 24

/* What uses memory that it did not get: json-c 0.16 the names of members, cjose 0.6 the parts of a
 * token and of a signature. By function, and by library. */
#define SPARED_FUNCTION "json_tokener_parse_ex"
#ifndef SPARED_LIBRARIES
#define SPARED_LIBRARIES "/libcjose.so"
#endif

/* The C library's own, under the names that it keeps for such replacements. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *bytes, size_t size);
extern void __libc_free(void *bytes);

static struct {
        bool armed, paused, and_all_after, failed;
        size_t countdown, live;
} state;

void fail_alloc_arm(size_t n, bool and_all_after)
{
        state.countdown = n;
        state.and_all_after = and_all_after;
        state.failed = false;
        state.armed = true;
}

void fail_alloc_pause(bool pause)
{
        state.paused = pause;
}

bool fail_alloc_disarm(void)
{
        state.armed = state.paused = false;
        return state.failed;
}

size_t fail_alloc_live(void)
{
        return state.live;
}

/* Whether the allocation is made inside what is known to fall over itself: between this
 * file and the next frame of the program. */
static bool is_spared(void)
{
        static const char *const libraries[] = {SPARED_LIBRARIES};
        void *frames[FRAMES_MAX];
        Dl_info self, found;
        bool was_left = false;

        int n = backtrace(frames, FRAMES_MAX);
        if (!dladdr((void *)(uintptr_t)fail_alloc_arm, &self))
                return false;
        for (int i = 0; i < n && dladdr(frames[i], &found); i++) {
                bool is_ours = found.dli_fbase == self.dli_fbase;
                if (is_ours && was_left)
                        return false;
                was_left |= !is_ours;
                for (size_t j = 0; j < ELEMENTSOF(libraries); j++)
                        if (strstr(found.dli_fname, libraries[j]))
                                return true;
                if (found.dli_sname && strcmp(found.dli_sname, SPARED_FUNCTION) == 0)
                        return true;
        }
        return false;
}

/* The allocation whose turn it is inside what is spared is met as the others are, but succeeds. */
static bool fails_now(void)
{
        if (!state.armed || state.paused)
                return false;
        if (state.failed && !state.and_all_after)
                return false;
        if (!state.failed && state.countdown-- > 0)
                return false;
        state.failed = true;
        state.armed = false; /* looking around may allocate */
        bool fails = !is_spared();
        state.armed = true;
        if (fails)
                errno = ENOMEM;
        return fails;
}

static void *count(void *bytes)
{
        state.live += bytes != NULL;
        return bytes;
}

_public_ void *malloc(size_t size)
{
        return fails_now() ? NULL : count(__libc_malloc(size));
}

_public_ void *calloc(size_t n, size_t size)
{
        return fails_now() ? NULL : count(__libc_calloc(n, size));
}

_public_ void free(void *bytes)
{
        int saved_errno = errno;

        if (!bytes)
                return;
        memset(bytes, SPOILED, malloc_usable_size(bytes));
        state.live--;
        __libc_free(bytes);
        errno = saved_errno;
}

/* Always moves, so that whoever keeps the old address is found out. */
_public_ void *realloc(void *bytes, size_t size)
{
        if (fails_now())
                return NULL;
        void *moved = count(__libc_malloc(size));
        if (!bytes || !moved)
                return moved;
        size_t old_size = malloc_usable_size(bytes);
        memcpy(moved, bytes, old_size < size ? old_size : size);
        free(bytes);
        return moved;
}

_public_ void *reallocarray(void *bytes, size_t n, size_t size)
{
        if (size > 0 && n > SIZE_MAX / size) {
                errno = ENOMEM;
                return NULL;
        }
        return realloc(bytes, n * size);
}
