/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions of the C library and of others that our objects call, and that can be told to fail:
 * the linker puts failing-*.c between them (--wrap). What the libraries call of each other does not
 * come by here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Their names, as in meson.build; NULL past the end. */
const char *failing_call_name(size_t i);

/* From now on the n-th call (from 0) of that one fails, alone or with all that follow. */
void failing_call_choose(size_t i);
void failing_call_arm(size_t n, bool and_all_after);
void failing_call_pause(bool pause);
/* True while armed, once it came to that call. */
bool failing_call_has_failed(void);
/* No more failures. True when it came to that call. */
bool failing_call_disarm(void);

/* How often a call of it failed so far. */
size_t failing_call_failures(size_t i);

/* For failing-*.c: whether this call is one that fails. */
bool call_fails(const char *name);
/* Likewise: how it fails, with that errno. -1; NULL. */
int fail_with(int error);
void *fail_with_null(int error);

/* Defines the function that stands in for one. */
#define FAILING(type, name, parameters, arguments, failure)                     \
        extern type __real_##name parameters;                                   \
        extern type __wrap_##name parameters;                                   \
        type __wrap_##name parameters                                           \
        {                                                                       \
                return call_fails(#name) ? (failure) : __real_##name arguments; \
        }                                                                       \
        struct failing_needs_semicolon
