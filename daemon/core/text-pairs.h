/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names with a value each, in the order in which they were added: request parameters, headers,
 * aliases, demanded claims. Not a map: a name may stand there twice. Not for secrets. */
#pragma once

#include <stddef.h>

#include "common/cleanup.h"

struct text_pair {
        char *name, *value;
};

/* {0} is the empty list. */
struct text_pairs {
        struct text_pair *items;
        size_t n;
};

/* Frees the pairs and empties the list. */
void text_pairs_finish(struct text_pairs *pairs);
#define _cleanup_pairs_ _cleanup_(text_pairs_finish)

/* Adds copies at the end. 0, or -ENOMEM with the list as it was. */
int text_pairs_add(struct text_pairs *pairs, const char *name, const char *value);

/* The value of the first pair with this name, borrowed; NULL when there is none, or no list. */
const char *text_pairs_find(const struct text_pairs *pairs, const char *name);
