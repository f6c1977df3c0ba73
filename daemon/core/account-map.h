/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map file: which identities may be which account. Text in, entries out; who may write the file
 * and what an entry opens are decided elsewhere. One identity a line, as many lines as needed:
 *
 *   # the key that never changes: issuer and subject
 *   alice = https://issuer.example/ 248289761001
 *   # a claim of that provider's identities
 *   bob = corp:employee_number=4711
 *
 * A line is a comment only if it starts with #. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"

#define ACCOUNT_MAP_MAX_BYTES (1024 * 1024)

/* Either issuer and subject, or provider, claim and value; the others are NULL. */
struct account_map_entry {
        char *account;
        char *issuer, *subject;
        char *provider, *claim, *value;
};

struct account_map;

/* 0; -EBADMSG with *ret_why and the number of the line, from 1 (0: the text as a whole); -ENOMEM.
 * Nothing is skipped: one bad line refuses the map. */
int account_map_parse(const char *text, size_t size, struct account_map **ret_map,
                      unsigned *ret_line, const char **ret_why);

/* Takes NULL, returns NULL. */
struct account_map *account_map_free(struct account_map *map);
DEFINE_CLEANUP(struct account_map *, account_map_free);
#define _cleanup_account_map_ _cleanup_(account_map_freep)

/* The number of entries, in the order of the text; *ret_entries is borrowed. */
size_t account_map_entries(const struct account_map *map,
                           const struct account_map_entry **ret_entries);
