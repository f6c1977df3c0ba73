/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory, of which our own objects alone run short: this works with a sanitizer's malloc(), too.
 * libcurl is given the addresses of these functions; what it asks of them is its own. */
#include "failing-calls.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The linker's names for the ends of the program's code. */
extern const char __executable_start[], etext[];

static bool is_ours(const void *caller)
{
        uintptr_t address = (uintptr_t)caller;

        return address >= (uintptr_t)__executable_start && address < (uintptr_t)etext;
}

#define FAILING_OURS(type, name, parameters, arguments)                        \
        extern type __real_##name parameters;                                  \
        extern type __wrap_##name parameters;                                  \
        type __wrap_##name parameters                                          \
        {                                                                      \
                if (is_ours(__builtin_return_address(0)) && call_fails(#name)) \
                        return fail_with_null(ENOMEM);                         \
                return __real_##name arguments;                                \
        }                                                                      \
        struct failing_needs_semicolon

FAILING_OURS(void *, malloc, (size_t size), (size));
FAILING_OURS(void *, calloc, (size_t n, size_t size), (n, size));
FAILING_OURS(void *, reallocarray, (void *bytes, size_t n, size_t size), (bytes, n, size));
FAILING_OURS(char *, strdup, (const char *text), (text));

extern int __real_vasprintf(char **ret_text, const char *format, va_list arguments);
extern int __wrap_vasprintf(char **ret_text, const char *format, va_list arguments);
extern int __wrap_asprintf(char **ret_text, const char *format, ...);

/* What the pointer is after a failure is nobody's business: it must not be used. */
static int fail_to_print(char **ret_text)
{
        memset(ret_text, 0xDE, sizeof(*ret_text));
        errno = ENOMEM;
        return -1;
}

__attribute__((format(printf, 2, 0))) int __wrap_vasprintf(char **ret_text, const char *format,
                                                           va_list arguments)
{
        if (call_fails("vasprintf"))
                return fail_to_print(ret_text);
        return __real_vasprintf(ret_text, format, arguments);
}

__attribute__((format(printf, 2, 3))) int __wrap_asprintf(char **ret_text, const char *format, ...)
{
        va_list arguments;

        if (call_fails("asprintf"))
                return fail_to_print(ret_text);
        va_start(arguments, format);
        int n = __real_vasprintf(ret_text, format, arguments);
        va_end(arguments);
        return n;
}
