/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* malloc() and its kin, in the place of the C library's for the program and every library in it:
 * they can be told to fail, they count what is not freed, and they spoil what is. One thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* From now on the n-th allocation (from 0) fails, alone or with all that follow. */
void fail_alloc_arm(size_t n, bool and_all_after);
/* Not while this is so: what is not to be tested runs in between. */
void fail_alloc_pause(bool pause);
/* True while armed, once it came to that allocation. */
bool fail_alloc_has_failed(void);
/* No more failures. True when it came to that allocation. */
bool fail_alloc_disarm(void);

/* Allocations that are not freed yet, of the whole program. */
size_t fail_alloc_live(void);
