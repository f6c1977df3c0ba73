/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fail-alloc.h"

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/cleanup.h"

#define SPOILED    0xDE
#define FRAMES_MAX 24
#define KNOWN_MAX  65536

/* What uses memory that it did not get. By function, and by library: json-c 0.16 the names of
 * members, cjose 0.6 the parts of a token and of a signature, libeconf 0.5 the keys of a file. And
 * libsystemd 252 keeps half of a new object's path, which it stumbles over when the bus is freed.
 */
static const char *const spared_functions[] = {"json_tokener_parse_ex", "sd_bus_add_object_vtable"};
#ifndef SPARED_LIBRARIES
#define SPARED_LIBRARIES "/libcjose.so", "/libeconf.so"
#endif
static const char *const spared_libraries[] = {SPARED_LIBRARIES};

/* Nor can libcurl 7.88 do without memory for two things, both of its own making: the tables of the
 * sockets and their transfers, which it keeps right below curl_multi_socket_action(), and a TLS
 * session that libssl hands to it. The rest of what it asks for does fail. */
#define CURL_LIBRARY      "/libcurl.so"
#define CURL_ENTRY        "curl_multi_socket_action"
#define CURL_TABLES_DEPTH 4 /* frames from the allocation to the entry */
#define TLS_LIBRARY       "/libssl.so"
#define C_LIBRARY         "/libc.so" /* strdup() */

/* The C library's own, under the names that it keeps for such replacements. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *bytes, size_t size);
extern void __libc_free(void *bytes);

static struct {
        bool armed, paused, and_all_after, failed;
        size_t countdown;
        _Atomic size_t live;
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

bool fail_alloc_has_failed(void)
{
        return state.armed && state.failed;
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

static bool is_in(const Dl_info *frame, const char *library)
{
        return strstr(frame->dli_fname, library) != NULL;
}

static bool is_spared_at(const Dl_info *frame)
{
        for (size_t i = 0; i < ELEMENTSOF(spared_libraries); i++)
                if (is_in(frame, spared_libraries[i]))
                        return true;
        for (size_t i = 0; i < ELEMENTSOF(spared_functions) && frame->dli_sname; i++)
                if (strcmp(frame->dli_sname, spared_functions[i]) == 0)
                        return true;
        return false;
}

/* libcurl itself asks, not a library that it uses: depth frames up, where frame is the last. */
static bool is_curls_own(const Dl_info *frame, const Dl_info *before, size_t depth)
{
        if (!is_in(before, CURL_LIBRARY))
                return false;
        return is_in(frame, TLS_LIBRARY) || (depth <= CURL_TABLES_DEPTH && frame->dli_sname &&
                                             strcmp(frame->dli_sname, CURL_ENTRY) == 0);
}

/* Whether the allocation is made inside what is known to fall over itself: between this
 * file and the next frame of the program. */
static bool frames_are_spared(void *const *frames, int n)
{
        Dl_info self, before, found;
        bool is_curl_alone = true;
        size_t depth = 0;

        if (!dladdr((void *)(uintptr_t)fail_alloc_arm, &self))
                return false;
        before = self;
        for (int i = 0; i < n && dladdr(frames[i], &found); i++) {
                if (found.dli_fbase == self.dli_fbase) {
                        if (depth > 0)
                                return false;
                        continue;
                }
                depth++;
                if (is_spared_at(&found) || (is_curl_alone && is_curls_own(&found, &before, depth)))
                        return true;
                is_curl_alone = is_curl_alone &&
                                (is_in(&found, CURL_LIBRARY) || is_in(&found, C_LIBRARY));
                before = found;
        }
        return false;
}

/* Looking symbols up takes long, and the same allocations fail again and again. */
static bool is_spared(void)
{
        static struct {
                uint64_t key;
                bool is_spared;
        } known[KNOWN_MAX];
        void *frames[FRAMES_MAX];
        uint64_t key = 1;

        int n = backtrace(frames, FRAMES_MAX);
        for (int i = 0; i < n; i++)
                key = (key ^ (uintptr_t)frames[i]) * UINT64_C(0x100000001B3);
        size_t place = key >> 32 & (KNOWN_MAX - 1);
        if (known[place].key != key) {
                known[place].is_spared = frames_are_spared(frames, n);
                known[place].key = key;
        }
        return known[place].is_spared;
}

/* The allocation whose turn it is inside what is spared is met as the others are, but succeeds. */
static bool fails_now(void)
{
        if (!state.armed || state.paused || gettid() != getpid())
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
