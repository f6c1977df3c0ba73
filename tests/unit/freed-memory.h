/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds secrets in memory that is given back to the heap. Included after cmocka.h in a test
 * program, it replaces free() and realloc() there, for the libraries too. Not with sanitizers or
 * valgrind, which have replaced them already: freed_memory_is_watched() says so. */
#pragma once

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

/* Volatile, for a compiler knows that no free() looks at variables. */
static const char *volatile freed_memory_needle;
static volatile unsigned freed_memory_hits;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
extern void __libc_free(void *p);

_public_ void free(void *p)
{
        if (p && freed_memory_needle &&
            memmem(p, malloc_usable_size(p), freed_memory_needle, strlen(freed_memory_needle)))
                freed_memory_hits++;
        __libc_free(p);
}

_public_ void *realloc(void *p, size_t size)
{
        void *moved = malloc(size);
        if (!moved || !p)
                return moved;
        size_t old = malloc_usable_size(p);
        memcpy(moved, p, old < size ? old : size);
        free(p);
        return moved;
}
#endif

static bool freed_memory_is_watched(void)
{
        char *volatile probe = strdup("freed-memory-probe");

        freed_memory_needle = "freed-memory-probe";
        freed_memory_hits = 0;
        free(probe);
        freed_memory_needle = NULL;
        return freed_memory_hits == 1;
}

static void freed_memory_skip(void)
{
        print_message("# free() is not ours here\n");
        skip();
}

static void freed_memory_watch(const char *needle)
{
        freed_memory_needle = needle;
        freed_memory_hits = 0;
}

/* How many blocks were freed with the needle in them since the watch began; ends it. */
static unsigned freed_memory_count(void)
{
        freed_memory_needle = NULL;
        return freed_memory_hits;
}
