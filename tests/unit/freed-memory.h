/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds secrets in memory that is given back to the heap. A test program that includes this file
 * after cmocka.h watches every free() and realloc() in it, those of the libraries too: glibc's
 * functions by taking their names, AddressSanitizer's by its hook. */
#pragma once

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"

/* Volatile, for a compiler knows that no free() looks at variables. */
static const char *volatile freed_memory_needle;
static volatile unsigned freed_memory_hits;

static void freed_memory_look(const void *p, size_t size)
{
        if (freed_memory_needle &&
            memmem(p, size, freed_memory_needle, strlen(freed_memory_needle)))
                freed_memory_hits++;
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FREED_MEMORY_BY_HOOK
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define FREED_MEMORY_BY_HOOK
#endif

#if defined(FREED_MEMORY_BY_HOOK)
extern int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *p,
                                                                       size_t size),
                                                     void (*on_free)(const volatile void *p));

static void freed_memory_on_malloc(const volatile void *p, size_t size)
{
}

static void freed_memory_on_free(const volatile void *p)
{
        if (p)
                freed_memory_look((const void *)p, malloc_usable_size((void *)p));
}

__attribute__((constructor)) static void freed_memory_hook(void)
{
        (void)__sanitizer_install_malloc_and_free_hooks(freed_memory_on_malloc,
                                                        freed_memory_on_free);
}
#else
extern void __libc_free(void *p);

_public_ void free(void *p)
{
        if (p)
                freed_memory_look(p, malloc_usable_size(p));
        __libc_free(p);
}

/* Always moves, so that nothing depends on the luck of staying in place. */
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

static bool freed_memory_is_valgrinds(void)
{
        const char *preload = getenv("LD_PRELOAD");

        return preload && strstr(preload, "vgpreload");
}

/* From here on blocks are counted that are freed with the needle in them. A block of our own shows
 * first that frees are seen at all. */
static void freed_memory_watch(const char *needle)
{
        char *volatile probe = strdup(needle);

        freed_memory_hits = 0;
        freed_memory_needle = needle;
        free(probe);
        if (freed_memory_hits == 0 && freed_memory_is_valgrinds())
                print_message("# valgrind has free(): nothing is watched\n");
        else
                assert_int_equal(freed_memory_hits, 1);
        freed_memory_hits = 0;
}

/* How many there were; ends the watch. */
static unsigned freed_memory_count(void)
{
        freed_memory_needle = NULL;
        return freed_memory_hits;
}
