/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a fuzz target defines, and what libFuzzer or replay-main.c calls. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* The program aborts when the bytes make the parser break its contract. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Also where NDEBUG silences assert(). */
#define FUZZ_EXPECT(condition)            \
        do {                              \
                if (!(condition))         \
                        __builtin_trap(); \
        } while (0)
