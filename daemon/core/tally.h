/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many there are of a pair of texts, of each text of a pair, and in all: four counts for each
 * pair, in a balanced tree, so that whoever fills it with names of their own choice makes nobody
 * wait. It keeps counts only, not what is counted. */
#pragma once

#include <stddef.h>

/* All zero is an empty one; it holds no memory when all that was added has been taken away. */
struct tally {
        void *root;
};

/* One more of the pair. 0, or -ENOMEM: nothing was counted. Copies the texts; neither is NULL. */
int tally_add(struct tally *tally, const char *first, const char *second);

/* One less of a pair that was added. */
void tally_take(struct tally *tally, const char *first, const char *second);

/* NULL stands for any text. */
size_t tally_count(const struct tally *tally, const char *first, const char *second);
