/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/text-pairs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void pair_finish(struct text_pair *pair)
{
        free(pair->name);
        free(pair->value);
}

void text_pairs_finish(struct text_pairs *pairs)
{
        for (size_t i = 0; i < pairs->n; i++)
                pair_finish(&pairs->items[i]);
        free(pairs->items);
        *pairs = (struct text_pairs){0};
}

int text_pairs_add(struct text_pairs *pairs, const char *name, const char *value)
{
        struct text_pair *grown = reallocarray(pairs->items, pairs->n + 1, sizeof(*grown));
        if (!grown)
                return -ENOMEM;
        pairs->items = grown;

        struct text_pair pair = {.name = strdup(name), .value = strdup(value)};
        if (!pair.name || !pair.value) {
                pair_finish(&pair);
                return -ENOMEM;
        }
        pairs->items[pairs->n++] = pair;
        return 0;
}

const char *text_pairs_find(const struct text_pairs *pairs, const char *name)
{
        for (size_t i = 0; pairs && i < pairs->n; i++)
                if (strcmp(pairs->items[i].name, name) == 0)
                        return pairs->items[i].value;
        return NULL;
}
