/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows for a store that a case begins with: one of each table, which refer to each other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "torture-folder.h"

#define TORTURE_TEXT(literal) ((char *)(uintptr_t)(literal))

/* alice (1000) with her identity, session "s1" with tokens, ticket "t1", factor "f1"; a throttle,
 * and a journal of seven entries. For torture_folder_filled(). */
bool torture_rows_put(struct torture_store *store, void *userdata);

/* All of them are there, as they were written. */
bool torture_rows_are_whole(const struct state *state);
